//! Opening a file: what it is, its header, and where its records begin.

use super::MAX_LINE;
use super::fetch::{ChunkReader, Span};
use super::lines::LineReader;
use super::text::TextReader;
use crate::bgzf::{Format, VirtualOffset, check_text, sniff};
use crate::error::{Error, ErrorKind};
use crate::header::{Header, HeaderError};
use crate::source::Source;

/// Most headers lie in the first bytes of their file; a request for these serves to judge the format too.
const HEADER_FETCH: usize = 32 * 1024;

/// What there is to know of a file before its first record.
#[derive(Debug, Clone)]
pub struct Opened {
    /// How it is stored.
    pub format: Format,
    /// Its header.
    pub header: Header,
    /// Where the first record begins.
    pub records: VirtualOffset,
    /// How many lines the header has.
    pub header_lines: u64,
}

/// Judges the format and reads the header.
///
/// # Errors
/// If it is no VCF, or its header is broken.
pub fn open<S: Source>(source: &S) -> Result<Opened, Error> {
    let start = source.read_range(0, HEADER_FETCH)?;
    let format = sniff(&start)?;
    let chunks = ChunkReader::new(source, format, Span::ALL)?
        .with_fetch(4 * HEADER_FETCH)
        .with_fetched(start);
    let mut lines = LineReader::new(TextReader::over(chunks));
    let (header, records) = read_header(&mut lines)?;
    Ok(Opened {
        format,
        header,
        records,
        header_lines: lines.number(),
    })
}

/// Reads the header lines from the start of a file, up to and with `#CHROM`.
///
/// # Errors
/// If they end before, or are no header.
pub fn read_header<S: Source>(lines: &mut LineReader<S>) -> Result<(Header, VirtualOffset), Error> {
    let mut text = Vec::new();
    let mut end = VirtualOffset::default();
    while let Some(line) = lines.next_line()? {
        if text.len() + line.text.len() > MAX_LINE {
            return Err(ErrorKind::Header(HeaderError::TooLong { limit: MAX_LINE }).into());
        }
        text.extend_from_slice(line.text);
        text.push(b'\n');
        end = line.end;
        if !line.text.is_empty() && !line.text.starts_with(b"##") {
            break;
        }
    }
    check_text(&text)?;
    let header = Header::parse(&text).map_err(ErrorKind::Header)?;
    Ok((header, end))
}
