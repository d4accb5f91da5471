//! CSI and TBI indexes of bgzipped VCF: from a region of a scaffold to the blocks that hold its records.

mod bins;
mod build;
mod claims;
mod error;
mod joined;
mod part;
mod query;
mod read;
mod tabix;
mod write;

use smallvec::SmallVec;

use crate::bgzf::VirtualOffset;
use crate::names::{Entry, Names};

pub use bins::Shape;
pub use build::Builder;
pub(crate) use build::check_name;
pub use error::IndexError;
pub(crate) use part::Part;

/// An index.
#[derive(Debug, Clone, PartialEq)]
pub struct Index {
    shape: Shape,
    /// The scaffolds in file order. An index of BCF has none of its own.
    names: Names,
    /// One for each scaffold, in the same order.
    references: Vec<Reference>,
}

/// A list that has one item as a rule, which then takes no memory of its own.
type Few<T> = SmallVec<[T; 1]>;

/// The part of an index that is about one scaffold.
#[derive(Debug, Clone, Default, PartialEq)]
struct Reference {
    /// In order of their numbers. Of files with very many scaffolds, most have one bin with one chunk.
    bins: Few<Bin>,
    /// How many records it has, if the index counts.
    records: Option<u64>,
}

/// The chunks of the records whose smallest bin this is.
#[derive(Debug, Clone, PartialEq)]
struct Bin {
    number: u32,
    /// No record that reaches into the bin begins before this place.
    first: VirtualOffset,
    chunks: Few<Chunk>,
}

/// A part of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(
    from = "(VirtualOffset, VirtualOffset)",
    into = "(VirtualOffset, VirtualOffset)"
)]
pub struct Chunk {
    /// Where it begins.
    pub start: VirtualOffset,
    /// Where it ends, exclusive.
    pub end: VirtualOffset,
}

impl From<(VirtualOffset, VirtualOffset)> for Chunk {
    fn from((start, end): (VirtualOffset, VirtualOffset)) -> Self {
        Self { start, end }
    }
}

impl From<Chunk> for (VirtualOffset, VirtualOffset) {
    fn from(chunk: Chunk) -> Self {
        (chunk.start, chunk.end)
    }
}

impl Index {
    /// The scaffolds that have records, in file order.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &[u8]> + Clone {
        self.names.iter()
    }

    /// The same for a file whose records begin so many bytes further behind; before, if negative.
    #[must_use]
    pub fn moved(mut self, by: i64) -> Self {
        let moved = |place: &mut VirtualOffset| {
            // Nothing but "no place" is 0: the header is before all records.
            if place.0 != 0 {
                *place =
                    VirtualOffset::new(place.block().saturating_add_signed(by), place.within());
            }
        };
        for reference in &mut self.references {
            for bin in &mut reference.bins {
                moved(&mut bin.first);
                for chunk in &mut bin.chunks {
                    moved(&mut chunk.start);
                    moved(&mut chunk.end);
                }
            }
        }
        self
    }

    /// Whether the scaffold has records.
    #[must_use]
    pub fn has(&self, scaffold: &[u8]) -> bool {
        self.reference(scaffold).is_some()
    }

    /// How many records the index counts on a scaffold, if it counts.
    #[must_use]
    pub fn records(&self, scaffold: &[u8]) -> Option<u64> {
        self.reference(scaffold)?.records
    }

    /// The end of the last chunk: a file shorter than this is not the one that was indexed.
    #[must_use]
    pub fn end(&self) -> VirtualOffset {
        self.ends().max().unwrap_or_default()
    }

    /// Where the first record begins, if there is one.
    #[must_use]
    pub fn start(&self) -> Option<VirtualOffset> {
        self.references.iter().filter_map(Reference::start).min()
    }

    /// Places of the file with which records begin, in their order, about so many bytes apart: none where the first record
    /// begins, nor where less would be left behind it than half of that.
    #[must_use]
    pub fn places(&self, apart: u64) -> Vec<VirtualOffset> {
        let mut starts: Vec<VirtualOffset> = self.chunks().map(|chunk| chunk.start).collect();
        starts.sort_unstable();
        let (Some(first), end) = (starts.first(), self.end().block()) else {
            return vec![];
        };
        let (mut places, mut last) = (vec![], first.block());
        for start in &starts {
            let is_far = start.block().saturating_sub(last) >= apart.max(1);
            if is_far && end.saturating_sub(start.block()) >= apart / 2 {
                places.push(*start);
                last = start.block();
            }
        }
        places
    }

    /// Whether the index has names of its own, as that of VCF. One of a file without records has none.
    #[must_use]
    pub fn is_named(&self) -> bool {
        self.names.len() > 0
    }

    /// Where chunks end, in no order.
    pub(crate) fn ends(&self) -> impl Iterator<Item = VirtualOffset> {
        self.chunks().map(|chunk| chunk.end)
    }

    fn chunks(&self) -> impl Iterator<Item = &Chunk> {
        self.references.iter().flat_map(Reference::chunks)
    }

    /// Takes scaffold names from the header if the index has none of its own, as that of BCF: it counts all scaffolds
    /// of the header, those without records too. A scaffold without a name is left out.
    #[must_use]
    pub fn with_names<'n>(mut self, contigs: impl IntoIterator<Item = &'n [u8]>) -> Self {
        if self.names.len() > 0 {
            return self;
        }
        let named = contigs
            .into_iter()
            .zip(std::mem::take(&mut self.references));
        let mut named: Vec<_> = named
            .filter(|(name, reference)| !name.is_empty() && !reference.bins.is_empty())
            .collect();
        named.sort_by_cached_key(|(_, reference)| reference.start());
        for (name, reference) in named {
            if let Entry::New(_) = self.names.insert(name) {
                self.references.push(reference);
            }
        }
        self
    }

    /// Takes the names of the scaffolds that have records, in file order, if the index has none of its own.
    #[must_use]
    pub fn with_scaffolds<'n>(mut self, names: impl IntoIterator<Item = &'n [u8]>) -> Self {
        if self.names.len() == 0 {
            self.references
                .retain(|reference| !reference.bins.is_empty());
            self.references.sort_by_cached_key(Reference::start);
            names.into_iter().for_each(|name| {
                self.names.insert(name);
            });
            self.references.truncate(self.names.len());
        }
        self
    }

    fn reference(&self, scaffold: &[u8]) -> Option<&Reference> {
        self.references.get(self.names.place(scaffold)?)
    }
}

impl Reference {
    /// Where its first record begins.
    fn start(&self) -> Option<VirtualOffset> {
        self.chunks().map(|chunk| chunk.start).min()
    }

    /// Where its last record ends.
    fn end(&self) -> Option<VirtualOffset> {
        self.chunks().map(|chunk| chunk.end).max()
    }

    fn chunks(&self) -> impl Iterator<Item = &Chunk> {
        self.bins.iter().flat_map(|bin| &bin.chunks)
    }
}
