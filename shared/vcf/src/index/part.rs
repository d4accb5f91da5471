//! What a piece of a file gives to the index of the file. What comes of all pieces, one after another, is the index that
//! one pass over the file builds, to the bit.

use serde::{Deserialize, Serialize};

use super::build::{Builder, Current};
use super::{Bin, Chunk, Reference};
use crate::bgzf::VirtualOffset;
use crate::names::{Entry, Names};

/// The records of a piece. The names of its scaffolds are kept by who keeps the part.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Part {
    /// The first scaffold, which may have begun before the piece.
    first: Option<Current>,
    /// Those that lie in the piece as a whole.
    middle: Vec<Whole>,
    /// The last, if it is not the first: it may go on behind the piece.
    last: Option<Current>,
}

/// A scaffold all of whose records lie in the piece.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Whole {
    /// Numbers of bins, the place before which no record reaches into them, and their chunks.
    bins: Vec<(u32, VirtualOffset, Vec<Chunk>)>,
    records: Option<u64>,
}

impl From<Reference> for Whole {
    fn from(reference: Reference) -> Self {
        let bins = reference.bins.into_iter();
        Self {
            bins: bins
                .map(|bin| (bin.number, bin.first, bin.chunks.into_vec()))
                .collect(),
            records: reference.records,
        }
    }
}

impl From<Whole> for Reference {
    fn from(whole: Whole) -> Self {
        let bins = whole.bins.into_iter();
        Self {
            bins: bins
                .map(|(number, first, chunks)| Bin {
                    number,
                    first,
                    chunks: chunks.into_iter().collect(),
                })
                .collect(),
            records: whole.records,
        }
    }
}

impl Current {
    /// Adds what the next piece has of the scaffold.
    fn join(&mut self, next: Self) {
        for (number, chunks) in next.bins {
            let known = self.bins.entry(number).or_default();
            let mut chunks = chunks.into_iter();
            let Some(chunk) = chunks.next() else {
                continue;
            };
            // As one pass would: records in one go, or within one block, make one chunk.
            let goes_on = next.first_bin == Some(number) && self.last_bin == Some(number);
            match known.last_mut() {
                Some(last) if goes_on || last.end.block() == chunk.start.block() => {
                    last.end = chunk.end;
                }
                _ => known.push(chunk),
            }
            known.extend(chunks);
        }
        self.records += next.records;
        for (reached, place) in next.reaching {
            if self.reaching.last().is_none_or(|(last, _)| *last < reached) {
                self.reaching.push((reached, place));
            }
        }
        self.first_bin = self.first_bin.or(next.first_bin);
        self.last_bin = next.last_bin.or(self.last_bin);
    }
}

impl Builder {
    /// What a piece gives to the index, and the names of its scaffolds.
    pub(crate) fn into_part(mut self) -> (Names, Part) {
        let current = std::mem::take(&mut self.current);
        let (first, last) = match (self.names.len(), self.first.take()) {
            (0, _) => (None, None),
            (_, None) => (Some(current), None),
            (_, first) => (first, Some(current)),
        };
        let middle = std::mem::take(&mut self.references);
        let part = Part {
            first,
            middle: middle.into_iter().map(Whole::from).collect(),
            last,
        };
        (self.names, part)
    }

    /// Adds the next piece of the file, of whose scaffolds none but the first was there before, and that only as the last.
    pub(crate) fn add_part<'n>(&mut self, mut names: impl Iterator<Item = &'n [u8]>, part: Part) {
        if let (Some(name), Some(first)) = (names.next(), part.first) {
            match self.enter(name) {
                Entry::New(_) => self.current = first,
                Entry::Known(_) => self.current.join(first),
            }
        }
        let (mut middle, mut last) = (part.middle.into_iter(), part.last);
        for name in names {
            self.enter(name);
            match middle.next() {
                Some(whole) => self.whole = Some(whole.into()),
                None => self.current = last.take().unwrap_or_default(),
            }
        }
    }
}
