//! Deflating blocks.

use libdeflater::{CompressionLvl, Compressor};

/// The bytes of text that go into one block; as htslib cuts it, so that a block that does not
/// compress still fits.
pub const PAYLOAD: usize = 0xff00;

/// The empty block that ends every BGZF file.
pub const EOF_MARKER: [u8; 28] = [
    0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, b'B', b'C', 2, 0, 0x1b, 0, 3, 0, 0, 0, 0, 0, 0, 0,
    0, 0,
];

const HEADER: usize = 18;

/// Deflates blocks one after another; keep one per thread. What it needs for that is made with the first.
pub struct Deflater {
    level: CompressionLvl,
    compressors: Option<Compressors>,
}

struct Compressors {
    usual: Compressor,
    stored: Compressor,
}

impl Deflater {
    /// With a libdeflate level of 0 (stored) to 12; greater ones count as 12.
    #[must_use]
    pub fn new(level: u8) -> Self {
        let level = CompressionLvl::new(i32::from(level));
        Self {
            level: level.unwrap_or_else(|_| CompressionLvl::best()),
            compressors: None,
        }
    }

    /// Appends one block that holds `text`, at most [`PAYLOAD`] bytes, to `out`. Returns its length.
    pub fn deflate(&mut self, text: &[u8], out: &mut Vec<u8>) -> usize {
        let level = self.level;
        let Compressors { usual, stored } = self.compressors.get_or_insert_with(|| {
            let none = CompressionLvl::new(0).unwrap_or_else(|_| CompressionLvl::fastest());
            Compressors {
                usual: Compressor::new(level),
                stored: Compressor::new(none),
            }
        });
        // Room for the text stored as it is, which is the longest it can get.
        wrap(text, text.len() + 64, out, |target| {
            usual
                .deflate_compress(text, target)
                .or_else(|_| stored.deflate_compress(text, target))
                .ok()
        })
        .unwrap_or(0)
    }
}

/// Appends one block that holds `text` to `out`. `deflate` gets `room` bytes of zeros to write into and
/// returns how many it used. Returns the length of the block; `None`, and nothing appended, if `deflate` does.
pub(super) fn wrap(
    text: &[u8],
    room: usize,
    out: &mut Vec<u8>,
    deflate: impl FnOnce(&mut [u8]) -> Option<usize>,
) -> Option<usize> {
    let start = out.len();
    out.extend_from_slice(&EOF_MARKER[..HEADER]);
    out.resize(start + HEADER + room, 0);
    let Some(written) = deflate(&mut out[start + HEADER..]) else {
        out.truncate(start);
        return None;
    };
    out.truncate(start + HEADER + written);
    out.extend_from_slice(&libdeflater::crc32(text).to_le_bytes());
    out.extend_from_slice(&(text.len() as u32).to_le_bytes());
    let total = out.len() - start;
    let size = ((total - 1) as u16).to_le_bytes();
    out[start + 16..start + 18].copy_from_slice(&size);
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::super::tests::inflated;
    use super::super::{Inflater, whole_blocks};
    use super::*;

    #[test]
    fn blocks_come_back() {
        let noise: Vec<u8> = (0..PAYLOAD as u32)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
            .collect();
        for level in [0, 1, 6, 12] {
            for text in [&b""[..], b"chr1\t1\n", &noise] {
                let mut file = Vec::new();
                let length = Deflater::new(level).deflate(text, &mut file);
                assert_eq!(length, file.len());
                file.extend_from_slice(&EOF_MARKER);
                assert_eq!(whole_blocks(&file, 0).unwrap().len(), 2);
                assert_eq!(inflated(&file), text);
            }
        }
    }

    #[test]
    fn damage_is_found() {
        let mut file = Vec::new();
        Deflater::new(6).deflate(b"some text that is long enough", &mut file);
        let (_, header) = whole_blocks(&file, 0).unwrap()[0];
        for at in header.header..file.len() {
            let mut damaged = file.clone();
            damaged[at] ^= 0x10;
            let mut out = Vec::new();
            let result = Inflater::default().inflate(&damaged, header, 0, &mut out);
            assert!(result.is_err() || out == b"some text that is long enough");
        }
    }
}
