//! Building an index while records go by. Refuses records out of order.

use super::{Bin, Chunk, Counts, Index, IndexError, Reference, Shape};
use crate::bgzf::VirtualOffset;

/// Takes the records of a file in order.
#[derive(Debug)]
pub struct Builder {
    shape: Shape,
    references: Vec<Reference>,
    /// Records of the current scaffold that reach further than all before them: the smallest interval
    /// they reach into, and where they begin.
    reaching: Vec<(u64, VirtualOffset)>,
    last_bin: Option<u32>,
}

impl Builder {
    /// For contigs no longer than `longest` bases; `None` if lengths are not known.
    #[must_use]
    pub fn new(longest: Option<u64>) -> Self {
        Self {
            shape: Shape::for_length(longest),
            references: vec![],
            reaching: vec![],
            last_bin: None,
        }
    }

    /// Records of another scaffold follow. The caller sees to it that scaffolds come in one piece.
    ///
    /// # Errors
    /// If an index cannot hold the name.
    pub fn begin_reference(&mut self, name: &[u8]) -> Result<(), IndexError> {
        if name.contains(&0) {
            return Err(IndexError::Name(String::from_utf8_lossy(name).into_owned()));
        }
        self.finish_reference();
        self.references.push(Reference {
            name: name.to_vec(),
            ..Reference::default()
        });
        Ok(())
    }

    /// Adds a record of the current scaffold: `start` 0-based, `end` exclusive, and where it lies in
    /// the file.
    ///
    /// # Errors
    /// If it ends beyond what the index holds.
    pub fn add(&mut self, start: u64, end: u64, chunk: Chunk) -> Result<(), IndexError> {
        if end > self.shape.limit() {
            return Err(IndexError::PositionTooLarge(end));
        }
        let Some(reference) = self.references.last_mut() else {
            return Ok(());
        };
        let reached = (end.max(start + 1) - 1) >> self.shape.min_shift;
        if self.reaching.last().is_none_or(|(last, _)| *last < reached) {
            self.reaching.push((reached, chunk.start));
        }
        let counts = reference.counts.get_or_insert(Counts {
            start: chunk.start,
            end: chunk.end,
            records: 0,
        });
        counts.end = chunk.end;
        counts.records += 1;

        let number = self.shape.bin(start, end);
        let bin = reference.bins.entry(number).or_default();
        match bin.chunks.last_mut() {
            // Records in one go, or within one block, make one chunk.
            Some(last)
                if self.last_bin == Some(number) || last.end.block() == chunk.start.block() =>
            {
                last.end = chunk.end;
            }
            _ => bin.chunks.push(chunk),
        }
        self.last_bin = Some(number);
        Ok(())
    }

    /// The index of all records added.
    #[must_use]
    pub fn finish(mut self) -> Index {
        self.finish_reference();
        Index {
            shape: self.shape,
            references: self.references,
        }
    }

    fn finish_reference(&mut self) {
        let reaching = std::mem::take(&mut self.reaching);
        self.last_bin = None;
        let Some(reference) = self.references.last_mut() else {
            return;
        };
        for (number, bin) in &mut reference.bins {
            let window = self.shape.first_window(*number);
            let first = reaching.partition_point(|(reached, _)| *reached < window);
            bin.first = reaching
                .get(first)
                .map(|(_, place)| *place)
                .unwrap_or_default();
        }
        reference
            .bins
            .retain(|_, Bin { chunks, .. }| !chunks.is_empty());
    }
}
