//! BGZF, the blocked gzip of VCF files (SAM specification §4.1): cutting it into blocks, inflating,
//! deflating and splicing them. Knows no records, and lines only where it cuts.

mod block;
mod cut;
mod deflate;
mod inflate;
mod offset;
mod sniff;
mod splice;

pub use block::{BlockHeader, MAX_BLOCK, whole_blocks};
pub use cut::{block_end, cut_blocks};
pub use deflate::{Deflater, EOF_MARKER, PAYLOAD};
pub use inflate::Inflater;
pub use offset::VirtualOffset;
pub use sniff::{Format, check_text, sniff};
pub use splice::{Part, Splicer};
