//! The index of a file that was made in pieces, out of those of the pieces.

use std::collections::BTreeMap;

use super::{Bin, Chunk, Index, IndexError, Reference};
use crate::bgzf::VirtualOffset;
use crate::names::{Entry, Names};

/// A bin in the making: the piece it comes from first, and what that says of it.
struct Merged {
    piece: usize,
    first: VirtualOffset,
    chunks: Vec<Chunk>,
}

/// A scaffold in the making.
#[derive(Default)]
struct Scaffold {
    bins: BTreeMap<u32, Merged>,
    records: Option<u64>,
}

impl Index {
    /// The index of pieces that follow each other, each given with the byte of the whole at which it begins. Its
    /// queries find the records that those of the pieces find.
    ///
    /// # Errors
    /// If the pieces were not indexed alike, or records of a scaffold lie before and behind those of others.
    pub fn joined(pieces: impl IntoIterator<Item = (Self, u64)>) -> Result<Self, IndexError> {
        let mut shape = None;
        let mut names = Names::default();
        let mut scaffolds: Vec<Scaffold> = Vec::new();
        for (piece, (index, offset)) in pieces.into_iter().enumerate() {
            if *shape.get_or_insert(index.shape) != index.shape {
                return Err(unlike());
            }
            let shift =
                |place: VirtualOffset| VirtualOffset::new(place.block() + offset, place.within());
            for (name, reference) in index.names.iter().zip(&index.references) {
                match names.insert(name) {
                    Entry::New(_) => scaffolds.push(Scaffold::default()),
                    Entry::Known(place) if place + 1 == scaffolds.len() => {}
                    Entry::Known(_) => {
                        let name = String::from_utf8_lossy(name).into_owned();
                        return Err(IndexError::InPieces(name));
                    }
                }
                if let Some(scaffold) = scaffolds.last_mut() {
                    scaffold.add(piece, reference, shift);
                }
            }
        }
        let shape = shape.ok_or_else(unlike)?;
        let references = scaffolds.into_iter().map(|scaffold| {
            let first = |number: u32, merged: &Merged| {
                // A record of an earlier piece that reaches here lies in a bin around this one.
                let start = shape.first_window(number) << shape.min_shift;
                let around = shape.overlapping(start, start + 1);
                let around = around.filter_map(|(number, _)| scaffold.bins.get(&number));
                let earlier = around.filter(|other| other.piece < merged.piece);
                let starts = earlier.filter_map(|other| other.chunks.first());
                let starts = starts.map(|chunk| chunk.start);
                starts.chain([merged.first]).min().unwrap_or_default()
            };
            let bins = scaffold.bins.iter().map(|(number, merged)| Bin {
                number: *number,
                first: first(*number, merged),
                chunks: merged.chunks.as_slice().into(),
            });
            Reference {
                bins: bins.collect(),
                records: scaffold.records,
            }
        });
        Ok(Self {
            shape,
            references: references.collect(),
            names,
        })
    }
}

impl Scaffold {
    /// Adds what a piece, which comes behind all before, says.
    fn add(
        &mut self,
        piece: usize,
        reference: &Reference,
        shift: impl Fn(VirtualOffset) -> VirtualOffset,
    ) {
        for bin in &reference.bins {
            let merged = self.bins.entry(bin.number).or_insert_with(|| Merged {
                piece,
                first: shift(bin.first),
                chunks: Vec::new(),
            });
            merged.chunks.extend(bin.chunks.iter().map(|chunk| Chunk {
                start: shift(chunk.start),
                end: shift(chunk.end),
            }));
        }
        self.records = match (self.records, reference.records) {
            (Some(known), Some(new)) => Some(known + new),
            (known, new) => known.or(new),
        };
    }
}

fn unlike() -> IndexError {
    IndexError::Mismatch("the pieces were not indexed alike".to_owned())
}
