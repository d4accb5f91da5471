//! What stands before the records: magic bytes, and the header as text of a stated length.

use crate::error::{Error, ErrorKind};
use crate::header::HeaderError;
use crate::limits::HEADER_MAX_BYTES;

/// The beginning of a BCF 2.2 file.
pub(crate) const MAGIC: &[u8; 5] = b"BCF\x02\x02";

/// Magic bytes, and the length of the header text.
pub(crate) const FIXED: usize = MAGIC.len() + 4;

/// Whether inflated bytes are BCF of any version.
pub(crate) fn is_bcf(start: &[u8]) -> bool {
    start.starts_with(b"BCF")
}

/// How long the header text is, the zero byte at its end included; `None` if `start` is too short to say, or no BCF.
///
/// # Errors
/// If it is another version of BCF, or the text is longer than any header may be.
pub(crate) fn text_length(start: &[u8]) -> Result<Option<usize>, Error> {
    let Some((magic, rest)) = start.split_first_chunk::<5>() else {
        return Ok(None);
    };
    if !is_bcf(magic) {
        return Ok(None);
    }
    if magic != MAGIC {
        let reason = format!("it is BCF {}.{}; BCF 2.2 is read", magic[3], magic[4]);
        return Err(ErrorKind::NotVcf(reason).into());
    }
    let Some(length) = rest.first_chunk::<4>() else {
        return Ok(None);
    };
    let length = u32::from_le_bytes(*length) as usize;
    if length > HEADER_MAX_BYTES {
        let limit = HEADER_MAX_BYTES;
        return Err(ErrorKind::Header(HeaderError::TooLong { limit }).into());
    }
    Ok(Some(length))
}

/// The text without the zero bytes that end it.
pub(crate) fn header_text(text: &[u8]) -> &[u8] {
    &text[..memchr::memchr(0, text).unwrap_or(text.len())]
}
