//! Inflating blocks. A block cannot inflate to more than 64 KiB, so there is no bomb to fear.

use libdeflater::Decompressor;

use super::block::{BlockHeader, MAX_BLOCK};
use crate::error::{Error, ErrorKind};

/// Room behind the inflated bytes with which libdeflate goes at full speed to their end: it writes a match and five words at a
/// time, and looks more closely where these might not fit.
pub(crate) const SLACK: usize = 320;

/// How much a block says that it inflates to, at most [`MAX_BLOCK`]; one that says more is refused when it is inflated.
pub(crate) fn inflated_size(block: &[u8]) -> usize {
    let size = block.last_chunk::<4>();
    size.map_or(0, |size| u32::from_le_bytes(*size) as usize)
        .min(MAX_BLOCK)
}

/// Inflates blocks one after another; keep one per thread. What it needs for that is made with the first.
#[derive(Default)]
pub struct Inflater {
    decompressor: Option<Decompressor>,
}

impl Inflater {
    /// Appends the inflated bytes of a block to `out`.
    ///
    /// # Errors
    /// As [`Self::inflate_into`].
    pub fn inflate(
        &mut self,
        block: &[u8],
        header: BlockHeader,
        offset: u64,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let start = out.len();
        out.resize(start + MAX_BLOCK + SLACK, 0);
        let written = self.inflate_into(block, header, offset, &mut out[start..]);
        out.truncate(start + written.as_ref().map_or(0, |written| *written));
        written.map(|_| ())
    }

    /// Writes the inflated bytes of a block to the beginning of `out`, which must have room for
    /// as many as the block says, checks them against its CRC and returns how many there are. With room for [`SLACK`] more, into which
    /// anything may be written, it is faster.
    ///
    /// # Errors
    /// If the block is damaged. `offset` says where it begins in the file, for the message.
    pub fn inflate_into(
        &mut self,
        block: &[u8],
        header: BlockHeader,
        offset: u64,
        out: &mut [u8],
    ) -> Result<usize, Error> {
        let corrupt = |reason: &str| {
            Error::from(ErrorKind::Corrupt {
                offset,
                reason: reason.to_owned(),
            })
        };
        let trailer = header.total - 8;
        let word = |at: usize| {
            let mut bytes = [0; 4];
            bytes.copy_from_slice(&block[at..at + 4]);
            u32::from_le_bytes(bytes)
        };
        let (crc, size) = (word(trailer), word(trailer + 4) as usize);
        if size > MAX_BLOCK {
            return Err(corrupt("it claims more than 64 KiB"));
        }
        if out.len() < size {
            return Err(corrupt("there is no room for it"));
        }
        let room = out.len().min(size + SLACK);
        let written = self
            .decompressor
            .get_or_insert_with(Decompressor::new)
            .deflate_decompress(&block[header.header..trailer], &mut out[..room])
            .map_err(|_| corrupt("it does not inflate"))?;
        if written != size {
            return Err(corrupt("it is not as long as it claims"));
        }
        if libdeflater::crc32(&out[..size]) != crc {
            return Err(corrupt("its checksum does not match"));
        }
        Ok(size)
    }
}
