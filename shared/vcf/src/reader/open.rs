//! Opening a file: what it is, its header, and where its records begin.

use std::sync::Arc;

use super::MAX_LINE;
use super::chunk::TextChunk;
use super::fetch::{ChunkReader, Span};
use super::lines::LineReader;
use super::text::{More, TextReader};
use crate::bcf::{self, Dictionary};
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
    let start = source.read_range(0, HEADER_FETCH)?;
    let format = sniff(&start)?;
    let chunks = ChunkReader::new(source, format, Span::ALL)?
        .with_fetch(fetch)
        .with_fetched(start);
    let mut reader = TextReader::over(chunks);
    let mut first = TextChunk::default();
    reader.next_text(&mut first)?;
    if bcf::is_bcf(first.text()) {
        return open_bcf(format, reader, first);
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

fn open_bcf<S: Source>(
    format: Format,
    mut reader: TextReader<S>,
    mut chunk: TextChunk,
) -> Result<(Opened, LineReader<S>), Error> {
    let mut bytes = Vec::new();
    loop {
        let before = bytes.len();
        bytes.extend_from_slice(chunk.text());
        if let Some(length) = bcf::text_length(&bytes)?
            && let Some(text) = bytes.get(bcf::FIXED..bcf::FIXED + length)
        {
            let text = bcf::header_text(text);
            check_text(text)?;
            let header = Header::parse(text).map_err(ErrorKind::Header)?;
            let dictionary = Arc::new(Dictionary::new(text, &header));
            let end = bcf::FIXED + length - before;
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
            return Ok((opened, lines));
        }
        if reader.next_text(&mut chunk)? == More::End {
            let reason = "the file ends inside its header".to_owned();
            return Err(ErrorKind::Truncated(reason).into());
        }
    }
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
