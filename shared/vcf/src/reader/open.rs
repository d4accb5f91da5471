//! Opening a file: what it is, its header, and where its records begin.

use std::sync::Arc;

use super::binary;
use super::chunk::TextChunk;
use super::fetch::{ChunkReader, Span};
use super::lines::{Line, LineReader};
use super::text::TextReader;
use crate::bcf::{self, Dictionary};
use crate::bgzf::{Format, VirtualOffset, check_text, sniff};
use crate::error::{Error, ErrorKind};
use crate::header::{Header, HeaderError};
use crate::limits::{HEADER_LINE_MAX_BYTES, HEADER_MAX_BYTES, HEADER_MAX_LINES};
use crate::source::Source;

/// Most headers lie in the first bytes of their file; a request for these serves to judge the format too.
const HEADER_FETCH: usize = 32 * 1024;

/// What there is to know of a file before its first record.
#[derive(Debug, Clone)]
pub struct Opened {
    /// How it is stored.
    pub format: Format,
    /// What is stored so.
    pub content: Content,
    /// Its header.
    pub header: Header,
    /// Where the first record begins.
    pub records: VirtualOffset,
    /// How many lines the header has.
    pub header_lines: u64,
}

/// What a file holds, known by its first bytes and not by its name.
#[derive(Debug, Clone)]
pub enum Content {
    /// VCF.
    Text,
    /// BCF, and what the numbers in its records stand for.
    Bcf(Arc<Dictionary>),
}

impl Opened {
    /// Whether the file is BCF.
    #[must_use]
    pub fn is_bcf(&self) -> bool {
        matches!(self.content, Content::Bcf(_))
    }

    /// The scaffolds in the order in which an index without names counts them.
    #[must_use]
    pub fn indexed_names(&self) -> Vec<&[u8]> {
        match &self.content {
            Content::Text => self.header.contigs().iter().map(|c| c.name).collect(),
            Content::Bcf(dictionary) => dictionary.contigs().collect(),
        }
    }
}

/// How many bytes of text the header has, without keeping them.
///
/// # Errors
/// If the file is neither VCF nor BCF, or its header passes a limit.
pub fn measure_header<S: Source>(source: &S) -> Result<usize, Error> {
    let (_, reader, first) = begin(source, 4 * HEADER_FETCH)?;
    match bcf::text_length(first.text())? {
        Some(length) => Ok(length),
        None => each_line(&mut LineReader::resume(reader, first, 0), |_| {}),
    }
}

/// Judges the format and reads the header.
///
/// # Errors
/// If it is neither VCF nor BCF, or its header is broken.
pub fn open<S: Source>(source: &S) -> Result<Opened, Error> {
    Ok(open_lines(source, 4 * HEADER_FETCH)?.0)
}

/// Opens a file to read all of its records, fetching so many bytes at a time.
///
/// # Errors
/// As [`open`].
pub fn open_lines<S: Source>(source: &S, fetch: usize) -> Result<(Opened, LineReader<&S>), Error> {
    let (format, reader, first) = begin(source, fetch)?;
    if bcf::is_bcf(first.text()) {
        return binary::open(format, reader, first);
    }
    let mut lines = LineReader::resume(reader, first, 0);
    let (header, records) = read_header(&mut lines)?;
    let opened = Opened {
        format,
        content: Content::Text,
        header,
        records,
        header_lines: lines.number(),
    };
    Ok((opened, lines))
}

/// The format, and the first piece of what is stored so.
fn begin<S: Source>(
    source: &S,
    fetch: usize,
) -> Result<(Format, TextReader<&S>, TextChunk), Error> {
    let start = source.read_range(0, HEADER_FETCH)?;
    let format = sniff(&start)?;
    let chunks = ChunkReader::new(source, format, Span::ALL)?
        .with_fetch(fetch)
        .with_fetched(start);
    let mut reader = TextReader::over(chunks);
    let mut first = TextChunk::default();
    reader.next_text(&mut first)?;
    Ok((format, reader, first))
}

/// Reads the header lines from the start of a file, up to and with `#CHROM`.
///
/// # Errors
/// If they end before, or are no header.
fn read_header<S: Source>(lines: &mut LineReader<S>) -> Result<(Header, VirtualOffset), Error> {
    let mut text = Vec::new();
    let mut end = VirtualOffset::default();
    each_line(lines, |line| {
        text.extend_from_slice(line.text);
        text.push(b'\n');
        end = line.end;
    })?;
    check_text(&text)?;
    let header = Header::parse(&text).map_err(ErrorKind::Header)?;
    Ok((header, end))
}

/// Takes the lines up to and with the first that does not begin with `##`, each judged before it is handed over. Gives
/// their bytes, line feeds included.
fn each_line<S: Source>(
    lines: &mut LineReader<S>,
    mut take: impl FnMut(&Line<'_>),
) -> Result<usize, Error> {
    let mut size = Size::default();
    while let Some(line) = lines.next_line()? {
        take(&line);
        if size.count(line.text)? {
            break;
        }
    }
    Ok(size.bytes)
}

/// How large a header is so far.
#[derive(Default)]
pub(super) struct Size {
    bytes: usize,
    lines: u64,
}

impl Size {
    /// Counts a line without its line feed; says whether it is the last of the header.
    ///
    /// # Errors
    /// If the header passes a limit.
    pub(super) fn count(&mut self, line: &[u8]) -> Result<bool, Error> {
        self.bytes += line.len() + 1;
        self.lines += 1;
        let is_last = !line.is_empty() && !line.starts_with(b"##");
        let fault = if self.bytes > HEADER_MAX_BYTES {
            let limit = HEADER_MAX_BYTES;
            HeaderError::TooLong { limit }
        } else if !is_last && line.len() > HEADER_LINE_MAX_BYTES {
            HeaderError::LineTooLong {
                line: self.lines,
                limit: HEADER_LINE_MAX_BYTES,
            }
        } else if self.lines > HEADER_MAX_LINES {
            let limit = HEADER_MAX_LINES;
            HeaderError::TooManyLines { limit }
        } else {
            return Ok(is_last);
        };
        Err(ErrorKind::Header(fault).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::MemorySource;

    const COLUMNS: &str = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";

    /// What is said of a header with `middle` in it, by whoever reads it and by whoever measures it.
    fn said(middle: &str) -> String {
        let text = format!("##fileformat=VCFv4.2\n{middle}{COLUMNS}");
        let source = MemorySource::new(text.into_bytes());
        let measured = measure_header(&source).unwrap_err().to_string();
        assert_eq!(open(&source).unwrap_err().to_string(), measured);
        measured
    }

    #[test]
    fn a_header_beyond_a_limit_is_refused_with_its_value() {
        let line = |length: usize| format!("##x={}\n", "y".repeat(length - 4));
        assert_eq!(
            said(&line(HEADER_LINE_MAX_BYTES + 1)),
            "header: line 2 is longer than 1048576 bytes"
        );
        let whole = line(HEADER_LINE_MAX_BYTES).repeat(HEADER_MAX_BYTES / HEADER_LINE_MAX_BYTES);
        assert_eq!(said(&whole), "header: longer than 67108864 bytes");
        let lines = "##x=y\n".repeat(usize::try_from(HEADER_MAX_LINES).unwrap());
        assert_eq!(said(&lines), "header: more than 2000000 lines");
    }

    #[test]
    fn a_header_is_measured_with_its_column_line() {
        let text = format!("##fileformat=VCFv4.2\n{COLUMNS}1\t5\t.\tA\tC\t.\t.\t.\n");
        let length = text.find("1\t5").unwrap();
        let source = MemorySource::new(text.into_bytes());
        assert_eq!(measure_header(&source).unwrap(), length);
    }
}
