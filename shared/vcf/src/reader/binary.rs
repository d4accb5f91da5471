//! Opening BCF: the header is text of a stated length, and records follow at once.

use std::sync::Arc;

use super::chunk::TextChunk;
use super::lines::LineReader;
use super::open::{Content, Opened, Size};
use super::text::{More, TextReader};
use crate::bcf::{self, Dictionary};
use crate::bgzf::{Format, check_text};
use crate::error::{Error, ErrorKind};
use crate::header::Header;
use crate::source::Source;

/// Reads the header, which begins in `chunk`, and goes on to the records.
pub(super) fn open<S: Source>(
    format: Format,
    mut reader: TextReader<S>,
    mut chunk: TextChunk,
) -> Result<(Opened, LineReader<S>), Error> {
    let mut bytes = Vec::new();
    let (text, end) = loop {
        let before = bytes.len();
        bytes.extend_from_slice(chunk.text());
        if let Some(length) = bcf::text_length(&bytes)?
            && let Some(text) = bytes.get(bcf::FIXED..bcf::FIXED + length)
        {
            break (bcf::header_text(text), bcf::FIXED + length - before);
        }
        if reader.next_text(&mut chunk)? == More::End {
            let reason = "the file ends inside its header".to_owned();
            return Err(ErrorKind::Truncated(reason).into());
        }
    };
    check_text(text)?;
    let mut size = Size::default();
    for line in text.split(|byte| *byte == b'\n') {
        if size.count(line)? {
            break;
        }
    }
    let header = Header::parse(text).map_err(ErrorKind::Header)?;
    let dictionary = Dictionary::new(text, &header).map_err(ErrorKind::Header)?;
    let dictionary = Arc::new(dictionary);
    let opened = Opened {
        format,
        content: Content::Bcf(Arc::clone(&dictionary)),
        header,
        records: chunk.offset_of(end, &mut 0),
        header_lines: memchr::memchr_iter(b'\n', text).count() as u64,
    };
    chunk.skip(end);
    let reader = reader.into_records(dictionary, chunk);
    let lines = LineReader::resume(reader, TextChunk::default(), opened.header_lines);
    Ok((opened, lines))
}
