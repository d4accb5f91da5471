//! How a bgzipped file lies in its bytes: which of them hold its header, and which the records of a region, in whole
//! blocks (SAM specification §4.1). What is cut out of a file so, with an end put behind it, is a file again, and nothing
//! of the file has to be read for it. Knows byte ranges; must not know where the bytes are.

mod borders;
mod coded;
mod slice;

use std::ops::Range;

use crate::bgzf::{Deflater, EOF_MARKER, Inflater, MAX_BLOCK, VirtualOffset, whole_blocks};
use crate::error::{Error, ErrorKind};
use crate::index::Index;
use crate::source::Source;

pub use borders::Borders;
pub use slice::{Class, Part, Region, Slice};

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
    /// The end of the header as a block of its own, where the header ends inside of a block.
    header_end: Option<Vec<u8>>,
    /// Where blocks begin, as far as that is known.
    borders: Borders,
}

impl Layout {
    /// Of a file that was read to its end: `seen` are the blocks in which its lines begin and end.
    ///
    /// # Errors
    /// If the block in which the header ends cannot be read again.
    pub(crate) fn of<S: Source>(
        source: &S,
        stored: Stored,
        records: VirtualOffset,
        index: &Index,
        mut seen: Borders,
    ) -> Result<Self, Error> {
        let length = source.len()?;
        seen.note(length.saturating_sub(EOF_MARKER.len() as u64));
        let asked = index.ends().chain([records]);
        Ok(Self {
            stored,
            records,
            header_end: header_end(source, records)?,
            borders: seen.behind(asked),
        })
    }

    /// Of a file of this size of which no more is known than its index. Its slices are as right, and larger.
    #[must_use]
    pub fn of_index(stored: Stored, index: &Index, size: u64) -> Self {
        let end = size.saturating_sub(EOF_MARKER.len() as u64);
        Self {
            stored,
            records: index.start().unwrap_or(VirtualOffset::new(end, 0)),
            header_end: None,
            borders: Borders::from_places(index.blocks().chain([end])),
        }
    }

    /// The bytes that begin with the header and end with a block: the header alone, if `header_end` is known.
    fn header(&self) -> Range<u64> {
        0..self.records.block()
    }
}

/// The part of the header in the block that has the first record too, deflated again.
fn header_end<S: Source>(source: &S, records: VirtualOffset) -> Result<Option<Vec<u8>>, Error> {
    let within = usize::from(records.within());
    if within == 0 {
        return Ok(None);
    }
    let bytes = source.read_range(records.block(), MAX_BLOCK)?;
    let mut text = Vec::new();
    if let Some((at, header)) = whole_blocks(&bytes, records.block())?.first() {
        let block = &bytes[*at..at + header.total];
        Inflater::default().inflate(block, *header, records.block(), &mut text)?;
    }
    let Some(text) = text.get(..within) else {
        let reason = format!("the block at byte {} has changed", records.block());
        return Err(ErrorKind::Truncated(reason).into());
    };
    let mut block = Vec::new();
    Deflater::new(6).deflate(text, &mut block);
    Ok(Some(block))
}

#[cfg(test)]
mod tests;
