//! Telling bgzipped from plain files and from everything else by the first bytes.

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
    // BCF can be stored as it is, too.
    if !start.starts_with(b"BCF") {
        check_text(start)?;
    }
    Ok(Format::Text)
}

/// Judges text by its beginning, be it a file or what a file inflates to.
///
/// # Errors
/// If it does not begin as VCF must (VCF 4.5 §1.4).
pub fn check_text(start: &[u8]) -> Result<(), Error> {
    if start.starts_with(MAGIC) {
        return Ok(());
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
