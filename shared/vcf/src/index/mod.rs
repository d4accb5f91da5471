//! CSI and TBI indexes of bgzipped VCF: from a region of a scaffold to the blocks that hold its records.

mod bins;
mod build;
mod error;
mod query;
mod read;
mod write;

use std::collections::BTreeMap;

pub use bins::Shape;
pub use build::Builder;
pub use error::IndexError;

use crate::bgzf::VirtualOffset;

/// An index.
#[derive(Debug, Clone, PartialEq)]
pub struct Index {
    shape: Shape,
    references: Vec<Reference>,
}

/// The part of an index that is about one scaffold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reference {
    name: Vec<u8>,
    bins: BTreeMap<u32, Bin>,
    counts: Option<Counts>,
}

/// The chunks of the records whose smallest bin this is.
#[derive(Debug, Clone, Default, PartialEq)]
struct Bin {
    /// No record that reaches into the bin begins before this place.
    first: VirtualOffset,
    chunks: Vec<Chunk>,
}

/// A part of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk {
    /// Where it begins.
    pub start: VirtualOffset,
    /// Where it ends, exclusive.
    pub end: VirtualOffset,
}

/// What indexes say beside the bins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Counts {
    start: VirtualOffset,
    end: VirtualOffset,
    records: u64,
}

impl Index {
    /// The scaffolds that have records, in file order.
    pub fn names(&self) -> impl Iterator<Item = &[u8]> {
        self.references.iter().map(|r| r.name.as_slice())
    }

    /// How many records the index counts on a scaffold, if it counts.
    #[must_use]
    pub fn records(&self, scaffold: &[u8]) -> Option<u64> {
        let reference = self.references.iter().find(|r| r.name == scaffold)?;
        Some(reference.counts?.records)
    }

    /// The end of the last chunk: a file shorter than this is not the one that was indexed.
    #[must_use]
    pub fn end(&self) -> VirtualOffset {
        self.references
            .iter()
            .flat_map(|r| r.bins.values())
            .flat_map(|bin| &bin.chunks)
            .map(|chunk| chunk.end)
            .max()
            .unwrap_or_default()
    }
}
