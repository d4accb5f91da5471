//! Indexing a file in pieces, each a range of its bytes, by whoever and in whatever order: what is found in the pieces is put
//! together to what one pass finds ([`super::scan_in_full`]), to the bit, with the same faults. For bgzipped text.
//!
//! A piece begins with the first block that begins in its range, which is searched for and then inflated to prove it. Nothing
//! tells whether a line begins with it. So a piece passes over its text up to the first line feed, and the piece before reads on
//! up to there: it has all lines that begin before the first text of the next piece, and the one that begins with it.
//!
//! What looks like a block and is none would have to have a checksum that matches, twice. Even so it would be found out: the
//! piece before comes to the true begin, block by block, and a piece that began elsewhere is done again when they are put
//! together. So is one whose first block is damaged, which then tells what is wrong.
//!
//! Not BCF: its records have no mark by which one could be found from the middle of them.

mod coded;
mod join;
mod piece;

#[cfg(test)]
mod tests;

use std::ops::Range;

use crate::bgzf::Format;
use crate::reader::Opened;

pub use join::Joiner;
pub(super) use piece::Run;
pub use piece::{Piece, scan_piece};

/// The ranges of bytes of the pieces of a file of this size: so many bytes each, or more if there were more than `most` pieces
/// otherwise. One range if the file cannot be read in pieces.
#[must_use]
pub fn cut(opened: &Opened, size: u64, each: u64, most: usize) -> Vec<Range<u64>> {
    let begin = opened.records.block();
    let bytes = size.saturating_sub(begin);
    if opened.format != Format::Bgzf || opened.is_bcf() || bytes == 0 {
        return std::iter::once(begin..size).collect();
    }
    let count = bytes.div_ceil(each.max(1)).clamp(1, most.max(1) as u64);
    // Of the same length, but for a byte.
    let edge =
        |number: u64| begin + (u128::from(bytes) * u128::from(number) / u128::from(count)) as u64;
    (0..count)
        .map(|number| edge(number)..edge(number + 1))
        .collect()
}
