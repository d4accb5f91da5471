//! Inflating blocks. A block cannot inflate to more than 64 KiB, so there is no bomb to fear.

use libdeflater::Decompressor;

use super::block::{BlockHeader, MAX_BLOCK};
use crate::error::{Error, ErrorKind};

/// Inflates blocks one after another; keep one per thread.
#[derive(Default)]
pub struct Inflater {
    decompressor: Decompressor,
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
        out.resize(start + MAX_BLOCK, 0);
        let written = self.inflate_into(block, header, offset, &mut out[start..]);
        out.truncate(start + written.as_ref().map_or(0, |written| *written));
        written.map(|_| ())
    }

    /// Writes the inflated bytes of a block to the beginning of `out`, which must have room for
    /// [`MAX_BLOCK`], checks them against its CRC and returns how many there are.
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
        let out = out
            .get_mut(..size)
            .ok_or_else(|| corrupt("there is no room for it"))?;
        let written = self
            .decompressor
            .deflate_decompress(&block[header.header..trailer], out)
            .map_err(|_| corrupt("it does not inflate"))?;
        if written != size {
            return Err(corrupt("it is shorter than it claims"));
        }
        if libdeflater::crc32(out) != crc {
            return Err(corrupt("its checksum does not match"));
        }
        Ok(size)
    }
}
