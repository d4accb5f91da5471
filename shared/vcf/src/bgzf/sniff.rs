//! Telling bgzipped from plain VCF and from everything else by the first bytes.

use super::block::is_bgzf;
use crate::error::{Error, ErrorKind};

/// How a VCF file is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// In BGZF blocks.
    Bgzf,
    /// As it is.
    Text,
}

const MAGIC: &[u8] = b"##fileformat=VCF";

/// Judges a file by its beginning; 64 bytes are enough.
///
/// # Errors
/// If it is gzip without blocks, or nothing that can be VCF.
pub fn sniff(start: &[u8]) -> Result<Format, Error> {
    if start.starts_with(&[0x1f, 0x8b]) {
        return if is_bgzf(start) {
            Ok(Format::Bgzf)
        } else {
            Err(ErrorKind::PlainGzip.into())
        };
    }
    if start.starts_with(MAGIC) {
        return Ok(Format::Text);
    }
    let reason = if start.is_empty() {
        "the file is empty".to_owned()
    } else {
        let end = start.len().min(24);
        format!(
            "it begins with {:?}, not with ##fileformat=VCF",
            String::from_utf8_lossy(&start[..end])
        )
    };
    Err(ErrorKind::NotVcf(reason).into())
}
