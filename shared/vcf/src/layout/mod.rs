//! How a bgzipped file lies in its bytes: which of them hold its header, and which the records of a region, in whole
//! blocks (SAM specification §4.1). What is cut out of a file so, with an end put behind it, is a file again. Nothing of the
//! file has to be read for it if its blocks end where records end, as those of htslib do; of other files the blocks at both
//! edges of what is cut out. Knows byte ranges; must not know where the bytes are.

mod borders;
mod coded;
mod slice;
mod span;

use crate::bgzf::{EOF_MARKER, MAX_BLOCK, VirtualOffset};
use crate::error::Error;
use crate::index::Index;
use crate::source::Source;

pub use borders::{Borders, Seen};
pub use slice::{Class, Part, Region, Slice};
pub use span::Span;

/// What is stored in the blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// VCF.
    Vcf,
    /// BCF.
    Bcf,
}

/// What one pass over a file learns about its bytes, beside its index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// What is in the blocks.
    pub stored: Stored,
    /// Where the first record begins.
    records: VirtualOffset,
    /// The end of the header as a block of its own, where the header ends inside of a block and that is known.
    header_end: Option<Vec<u8>>,
    /// Whether a record may begin in one block and end inside of another.
    cuts_records: bool,
    /// Where blocks end that slices end with; none if records are cut.
    borders: Borders,
}

impl Layout {
    /// Of a file that was read to its end.
    ///
    /// # Errors
    /// If the block in which the header ends cannot be read again.
    pub(crate) fn of<S: Source>(
        source: &S,
        stored: Stored,
        records: VirtualOffset,
        index: &Index,
        mut seen: Seen,
    ) -> Result<Self, Error> {
        let end = VirtualOffset::new(source.len()?.saturating_sub(EOF_MARKER.len() as u64), 0);
        seen.note(end, end);
        let header_end = match records.within() {
            0 => None,
            _ => {
                let bytes = source.read_range(records.block(), MAX_BLOCK)?;
                let begin = VirtualOffset::new(records.block(), 0);
                Some(span::text(&bytes, begin, usize::from(records.within()))?)
            }
        };
        Ok(Self {
            stored,
            records,
            header_end,
            cuts_records: seen.cuts_records,
            borders: if seen.cuts_records {
                Borders::default()
            } else {
                seen.borders.behind(index.ends())
            },
        })
    }

    /// Of a file of this size of which no more is known than its index.
    #[must_use]
    pub fn of_index(stored: Stored, index: &Index, size: u64) -> Self {
        let end = size.saturating_sub(EOF_MARKER.len() as u64);
        Self {
            stored,
            records: index.start().unwrap_or(VirtualOffset::new(end, 0)),
            header_end: None,
            cuts_records: true,
            borders: Borders::default(),
        }
    }
}

#[cfg(test)]
mod tests;
