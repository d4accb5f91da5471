//! What is kept beside a version of a file, as bytes: the version of its format (one byte), the length of its content (four
//! bytes, little-endian), and the content deflated (zlib, RFC 1950).

use libdeflater::{Compressor, Decompressor};

use crate::coded::Bytes;

/// Packs a content; nothing if it is longer than `most` bytes, which could not be read again.
pub(crate) fn pack(version: u8, content: &[u8], most: usize) -> Option<Vec<u8>> {
    let length = u32::try_from(content.len()).ok()?;
    if content.len() > most {
        return None;
    }
    let mut deflater = Compressor::default();
    let mut out = vec![version];
    out.extend_from_slice(&length.to_le_bytes());
    let start = out.len();
    out.resize(start + deflater.zlib_compress_bound(content.len()), 0);
    let written = deflater.zlib_compress(content, &mut out[start..]).ok()?;
    out.truncate(start + written);
    Some(out)
}

/// The content of what was packed; nothing if it is of another version, claims more than `most` bytes, or is damaged.
pub(crate) fn unpack(version: u8, bytes: &[u8], most: usize) -> Option<Vec<u8>> {
    let mut bytes = Bytes(bytes);
    let [found] = bytes.array()?;
    let length = bytes.u32()? as usize;
    if found != version || length > most {
        return None;
    }
    let mut content = vec![0; length];
    let written = Decompressor::new().zlib_decompress(bytes.0, &mut content);
    (written.ok()? == length).then_some(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_read_again_and_nothing_else() {
        let content = b"statistics ".repeat(100);
        let packed = pack(3, &content, 4_096).unwrap();
        assert!(packed.len() < content.len());
        assert_eq!(unpack(3, &packed, 4_096), Some(content.clone()));
        assert_eq!(unpack(2, &packed, 4_096), None);
        assert_eq!(unpack(3, &packed, 1_000), None);
        assert_eq!(unpack(3, &packed[..packed.len() - 1], 4_096), None);
        assert_eq!(unpack(3, b"", 4_096), None);
        assert_eq!(pack(3, &content, 1_000), None);
    }
}
