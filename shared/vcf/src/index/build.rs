//! Building an index while records go by. Refuses records out of order.

use std::collections::BTreeMap;

use super::{Bin, Chunk, Index, IndexError, Reference, Shape};
use crate::bgzf::VirtualOffset;
use crate::names::{Entry, Names};

/// Takes the records of a file in order.
#[derive(Debug)]
pub struct Builder {
    shape: Shape,
    /// The scaffolds begun, each at its place.
    pub(crate) names: Names,
    /// One for each name but the last.
    pub(super) references: Vec<Reference>,
    pub(super) current: Current,
    /// The current scaffold as a piece of the file has it, in which all of it lies.
    pub(super) whole: Option<Reference>,
    /// The first scaffold of a piece, once another has begun: it goes on from the piece before.
    pub(super) first: Option<Current>,
    is_piece: bool,
}

/// The scaffold whose records go by.
#[derive(Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Current {
    pub(super) bins: BTreeMap<u32, Vec<Chunk>>,
    pub(super) records: u64,
    /// Records that reach further than all before them: the smallest interval they reach into, and where
    /// they begin.
    pub(super) reaching: Vec<(u64, VirtualOffset)>,
    /// The bins of the first record and of the last.
    pub(super) first_bin: Option<u32>,
    pub(super) last_bin: Option<u32>,
}

impl Builder {
    /// For contigs no longer than `longest` bases; `None` if lengths are not known.
    #[must_use]
    pub fn new(longest: Option<u64>) -> Self {
        Self {
            shape: Shape::for_length(longest),
            names: Names::default(),
            references: vec![],
            current: Current::default(),
            whole: None,
            first: None,
            is_piece: false,
        }
    }

    /// For a piece of a file, whose first scaffold may have begun before it.
    #[must_use]
    pub(crate) fn of_piece(self) -> Self {
        Self {
            is_piece: true,
            ..self
        }
    }

    /// Records of another scaffold follow.
    ///
    /// # Errors
    /// If an index cannot hold the name, or records of the scaffold came before.
    pub fn begin_reference(&mut self, name: &[u8]) -> Result<(), IndexError> {
        check_name(name)?;
        match self.enter(name) {
            Entry::Known(_) => Err(IndexError::InPieces(lossy(name))),
            Entry::New(_) => Ok(()),
        }
    }

    /// As [`Self::begin_reference`] for who looks himself whether a name can be held and is new.
    pub(crate) fn enter(&mut self, name: &[u8]) -> Entry {
        let entry = self.names.insert(name);
        if matches!(entry, Entry::New(place) if place > 0) {
            self.finish_reference();
        }
        entry
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
        let current = &mut self.current;
        let reached = (end.max(start + 1) - 1) >> self.shape.min_shift;
        if current
            .reaching
            .last()
            .is_none_or(|(last, _)| *last < reached)
        {
            current.reaching.push((reached, chunk.start));
        }
        current.records += 1;

        let number = self.shape.bin(start, end);
        let chunks = current.bins.entry(number).or_default();
        match chunks.last_mut() {
            // Records in one go, or within one block, make one chunk.
            Some(last)
                if current.last_bin == Some(number) || last.end.block() == chunk.start.block() =>
            {
                last.end = chunk.end;
            }
            _ => chunks.push(chunk),
        }
        current.first_bin.get_or_insert(number);
        current.last_bin = Some(number);
        Ok(())
    }

    /// The index of all records added.
    #[must_use]
    pub fn finish(mut self) -> Index {
        if self.names.len() > 0 {
            self.finish_reference();
        }
        Index {
            shape: self.shape,
            names: self.names,
            references: self.references,
        }
    }

    fn finish_reference(&mut self) {
        if let Some(whole) = self.whole.take() {
            return self.references.push(whole);
        }
        if self.is_piece && self.first.is_none() {
            self.first = Some(std::mem::take(&mut self.current));
            return;
        }
        let Current {
            bins,
            records,
            reaching,
            ..
        } = std::mem::take(&mut self.current);
        let first = |number| {
            let window = self.shape.first_window(number);
            let place = reaching.partition_point(|(reached, _)| *reached < window);
            reaching.get(place).map(|(_, place)| *place)
        };
        let bins = bins.into_iter().map(|(number, chunks)| Bin {
            number,
            first: first(number).unwrap_or_default(),
            chunks: chunks.into_iter().collect(),
        });
        self.references.push(Reference {
            bins: bins.collect(),
            records: (records > 0).then_some(records),
        });
    }
}

/// Looks whether an index can hold the name of a scaffold.
pub(crate) fn check_name(name: &[u8]) -> Result<(), IndexError> {
    if name.contains(&0) {
        return Err(IndexError::Name(lossy(name)));
    }
    Ok(())
}

fn lossy(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}
