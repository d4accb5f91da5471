//! Statistics as bytes: the version of the format, the length of a JSON text (four bytes, little-endian), and that deflated
//! (zlib, RFC 1950).

use libdeflater::{CompressionLvl, Compressor, Decompressor};

use super::Statistics;

/// Goes up whenever an older program could not read the JSON; a migration then removes what is stored.
const VERSION: u8 = 1;

/// Longest JSON text. Counts of 100,000 samples have a quarter of it at most.
const TEXT_MAX_BYTES: usize = 64 << 20;

impl Statistics {
    /// The bytes. They are empty, which is no statistics, if there would be more than can be read again, which the bounds
    /// of this module rule out.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.deflated().unwrap_or_default()
    }

    fn deflated(&self) -> Option<Vec<u8>> {
        let text = serde_json::to_vec(self).ok()?;
        if text.len() > TEXT_MAX_BYTES {
            return None;
        }
        let mut deflater = Compressor::new(CompressionLvl::default());
        let mut out = vec![VERSION];
        out.extend_from_slice(&(text.len() as u32).to_le_bytes());
        let start = out.len();
        out.resize(start + deflater.zlib_compress_bound(text.len()), 0);
        let written = deflater.zlib_compress(&text, &mut out[start..]).ok()?;
        out.truncate(start + written);
        Some(out)
    }

    /// Reads what [`Self::to_bytes`] gave; nothing if it is something else.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let ([VERSION], rest) = bytes.split_first_chunk::<1>()? else {
            return None;
        };
        let (length, deflated) = rest.split_first_chunk::<4>()?;
        let length = u32::from_le_bytes(*length) as usize;
        if length > TEXT_MAX_BYTES {
            return None;
        }
        let mut text = vec![0; length];
        let written = Decompressor::new().zlib_decompress(deflated, &mut text);
        if written.ok()? != length {
            return None;
        }
        serde_json::from_slice(&text).ok()
    }
}
