//! The header of a block, which says how long the block is.

use crate::error::{Error, ErrorKind};

/// No block is longer, inflated or deflated.
pub const MAX_BLOCK: usize = 65_536;

/// The length of the fixed part of a gzip member header.
const FIXED: usize = 12;

/// What stands around the deflated bytes of one block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockHeader {
    /// Bytes before the deflated data.
    pub header: usize,
    /// Bytes of the whole block.
    pub total: usize,
}

/// What the beginning of a buffer says about the next block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    Whole(BlockHeader),
    NeedMore,
    NotBgzf,
}

fn read_header(bytes: &[u8]) -> Reading {
    if bytes.len() < FIXED {
        return Reading::NeedMore;
    }
    // Deflate with an extra field.
    if bytes[..4] != [0x1f, 0x8b, 8, 4] {
        return Reading::NotBgzf;
    }
    let extra = usize::from(u16::from_le_bytes([bytes[10], bytes[11]]));
    let Some(mut fields) = bytes.get(FIXED..FIXED + extra) else {
        return Reading::NeedMore;
    };
    while let [a, b, low, high, rest @ ..] = fields {
        let length = usize::from(u16::from_le_bytes([*low, *high]));
        if (*a, *b, length) == (b'B', b'C', 2)
            && let [low, high, ..] = rest
        {
            let header = FIXED + extra;
            let total = usize::from(u16::from_le_bytes([*low, *high])) + 1;
            // Deflated data may be empty in theory; the eight bytes of CRC and size may not.
            return if total < header + 8 {
                Reading::NotBgzf
            } else {
                Reading::Whole(BlockHeader { header, total })
            };
        }
        fields = rest.get(length..).unwrap_or_default();
    }
    Reading::NotBgzf
}

/// Whether a file that begins with these bytes is BGZF.
pub(super) fn is_bgzf(bytes: &[u8]) -> bool {
    matches!(read_header(bytes), Reading::Whole(_))
}

/// The block at the beginning of `bytes`, if one lies there whole.
pub(super) fn block_at(bytes: &[u8]) -> Option<BlockHeader> {
    match read_header(bytes) {
        Reading::Whole(block) if block.total <= bytes.len() => Some(block),
        _ => None,
    }
}

/// The blocks that lie whole in `bytes`, which begin at `offset` of the file: each with its place in
/// `bytes`. What is left behind the last one is the beginning of the next block.
///
/// # Errors
/// If something else than a block begins where one should.
pub fn whole_blocks(bytes: &[u8], offset: u64) -> Result<Vec<(usize, BlockHeader)>, Error> {
    let mut blocks = Vec::new();
    let mut at = 0;
    loop {
        match read_header(&bytes[at..]) {
            Reading::Whole(block) if block.total <= bytes.len() - at => {
                blocks.push((at, block));
                at += block.total;
            }
            Reading::Whole(_) | Reading::NeedMore => return Ok(blocks),
            Reading::NotBgzf => {
                return Err(ErrorKind::Corrupt {
                    offset: offset + at as u64,
                    reason: "no BGZF block begins here".to_owned(),
                }
                .into());
            }
        }
    }
}
