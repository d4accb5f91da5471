//! BGZF, the blocked gzip of VCF files (SAM specification §4.1): cutting it into blocks, inflating,
//! deflating and splicing them. Knows no records, and lines only where it cuts.

mod blend;
mod block;
mod cut;
mod deflate;
mod find;
mod inflate;
mod offset;
mod sniff;
mod splice;

pub use blend::{BlockDeflater, DEFAULT_LEVEL};
pub use block::{BlockHeader, MAX_BLOCK, whole_blocks};
pub use cut::{block_end, cut_blocks, full_block};
pub use deflate::{Deflater, EOF_MARKER, PAYLOAD};
pub(crate) use find::find_block;
pub use inflate::Inflater;
pub(crate) use inflate::{SLACK, inflated_size};
pub use offset::VirtualOffset;
pub use sniff::{Format, check_text, sniff};
pub use splice::{Part, Splicer};

#[cfg(test)]
pub(crate) mod tests {
    use super::{Inflater, whole_blocks};

    /// The text of whole blocks.
    pub(crate) fn inflated(blocks: &[u8]) -> Vec<u8> {
        let mut text = Vec::new();
        let mut inflater = Inflater::default();
        for (at, header) in whole_blocks(blocks, 0).unwrap() {
            inflater
                .inflate(&blocks[at..at + header.total], header, at as u64, &mut text)
                .unwrap();
        }
        text
    }
}
