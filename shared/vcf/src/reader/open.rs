//! Opening a file: what it is, its header, and where its records begin.

use super::fetch::{ChunkReader, Span};
use super::lines::{Line, LineReader};
use super::text::TextReader;
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
    /// Its header.
    pub header: Header,
    /// Where the first record begins.
    pub records: VirtualOffset,
    /// How many lines the header has.
    pub header_lines: u64,
}

/// How many bytes of text the header has, without keeping them.
///
/// # Errors
/// If the file is no VCF, or its header passes a limit.
pub fn measure_header<S: Source>(source: &S) -> Result<usize, Error> {
    let (_, mut lines) = lines_of(source)?;
    each_line(&mut lines, |_| {})
}

/// Judges the format and reads the header.
///
/// # Errors
/// If it is no VCF, or its header is broken.
pub fn open<S: Source>(source: &S) -> Result<Opened, Error> {
    let (format, mut lines) = lines_of(source)?;
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
    each_line(lines, |line| {
        text.extend_from_slice(line.text);
        text.push(b'\n');
        end = line.end;
    })?;
    check_text(&text)?;
    let header = Header::parse(&text).map_err(ErrorKind::Header)?;
    Ok((header, end))
}

fn lines_of<S: Source>(source: &S) -> Result<(Format, LineReader<&S>), Error> {
    let start = source.read_range(0, HEADER_FETCH)?;
    let format = sniff(&start)?;
    let chunks = ChunkReader::new(source, format, Span::ALL)?
        .with_fetch(4 * HEADER_FETCH)
        .with_fetched(start);
    Ok((format, LineReader::new(TextReader::over(chunks))))
}

/// Takes the lines up to and with the first that does not begin with `##`, each judged before it is handed over. Gives
/// their bytes, line feeds included.
fn each_line<S: Source>(
    lines: &mut LineReader<S>,
    mut take: impl FnMut(&Line<'_>),
) -> Result<usize, Error> {
    let mut bytes = 0;
    let first = lines.number();
    while let Some(line) = lines.next_line()? {
        bytes += line.text.len() + 1;
        let is_last = !line.text.is_empty() && !line.text.starts_with(b"##");
        take(&line);
        if bytes > HEADER_MAX_BYTES {
            let limit = HEADER_MAX_BYTES;
            return Err(ErrorKind::Header(HeaderError::TooLong { limit }).into());
        }
        let (length, number) = (line.text.len(), lines.number() - first);
        if !is_last && length > HEADER_LINE_MAX_BYTES {
            return Err(ErrorKind::Header(HeaderError::LineTooLong {
                line: number,
                limit: HEADER_LINE_MAX_BYTES,
            })
            .into());
        }
        if number > HEADER_MAX_LINES {
            let limit = HEADER_MAX_LINES;
            return Err(ErrorKind::Header(HeaderError::TooManyLines { limit }).into());
        }
        if is_last {
            break;
        }
    }
    Ok(bytes)
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
