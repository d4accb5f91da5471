//! The pass over the records.

use std::collections::HashSet;

use super::{Dimensions, Scaffold};
use crate::bgzf::{EOF_MARKER, Format, sniff};
use crate::error::{Error, ErrorKind, Place};
use crate::header::Header;
use crate::index::{Builder, Chunk, Index};
use crate::reader::{ChunkReader, Line, LineReader, Span, TextReader, read_header};
use crate::record::{Record, RecordError};
use crate::source::Source;

/// What the caller can do with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Accept {
    /// Bgzipped and sorted files.
    Indexable,
    /// Plain text and files out of order too.
    Anything,
}

pub(super) fn run<S: Source>(source: &S, accept: Accept) -> Result<(Dimensions, Index), Error> {
    let format = sniff(&source.read_range(0, 64)?)?;
    match format {
        Format::Text if accept == Accept::Indexable => return Err(ErrorKind::NotCompressed.into()),
        Format::Text => {}
        Format::Bgzf => check_end(source)?,
    }
    let chunks = ChunkReader::new(source, format, Span::ALL)?.with_fetch(1 << 20);
    let mut lines = LineReader::new(TextReader::over(chunks));
    let (header, _) = read_header(&mut lines)?;
    let mut pass = Pass::new(&header, accept);
    let mut number = lines.number();
    while let Some(line) = lines.next_line()? {
        number += 1;
        pass.take(&line, number)?;
    }
    Ok(pass.finish())
}

/// A file that lost its end may have lost records; only the end marker tells.
fn check_end<S: Source>(source: &S) -> Result<(), Error> {
    let length = source.len()?;
    let marker = EOF_MARKER.len();
    let end = source.read_range(length.saturating_sub(marker as u64), marker)?;
    if end.as_ref() == EOF_MARKER {
        Ok(())
    } else {
        Err(ErrorKind::Truncated("the bgzip end-of-file marker is absent".to_owned()).into())
    }
}

struct Pass<'h> {
    header: &'h Header,
    accept: Accept,
    builder: Builder,
    scaffolds: Vec<(Vec<u8>, Scaffold)>,
    seen: HashSet<Vec<u8>>,
    records: u64,
    sorted: bool,
}

impl<'h> Pass<'h> {
    fn new(header: &'h Header, accept: Accept) -> Self {
        let longest = header.contigs().iter().filter_map(|c| c.length).max();
        Self {
            header,
            accept,
            builder: Builder::new(longest),
            scaffolds: vec![],
            seen: HashSet::new(),
            records: 0,
            sorted: true,
        }
    }

    fn take(&mut self, line: &Line<'_>, number: u64) -> Result<(), Error> {
        let at = |record: Option<&Record<'_>>| Place {
            line: Some(number),
            site: record.map(Record::site),
        };
        let record = Record::parse(line.text).map_err(|source| ErrorKind::Record {
            at: at(None),
            source,
        })?;
        self.check_columns(&record)
            .map_err(|source| ErrorKind::Record {
                at: at(Some(&record)),
                source,
            })?;
        self.records += 1;
        let same = self
            .scaffolds
            .last()
            .is_some_and(|(name, _)| name == record.chrom);
        if !same {
            if !self.seen.insert(record.chrom.to_vec()) {
                self.disorder(|| ErrorKind::Unsorted {
                    at: at(Some(&record)),
                    reason: "unsorted: its scaffold was left before and comes again".to_owned(),
                })?;
            }
            self.begin_scaffold(&record)?;
        }
        if let Some((_, scaffold)) = self.scaffolds.last_mut() {
            let last = scaffold.last;
            scaffold.records += 1;
            scaffold.last = last.max(record.pos);
            scaffold.first = scaffold.first.min(record.pos);
            if record.pos < last {
                self.disorder(|| ErrorKind::Unsorted {
                    at: at(Some(&record)),
                    reason: format!("unsorted positions: {} comes after {last}", record.pos),
                })?;
            }
        }
        if self.accept == Accept::Indexable {
            let start = record.start().max(0) as u64;
            let chunk = Chunk {
                start: line.start,
                end: line.end,
            };
            self.builder
                .add(start, record.index_end(), chunk)
                .map_err(ErrorKind::Index)?;
        }
        Ok(())
    }

    fn disorder(&mut self, error: impl FnOnce() -> ErrorKind) -> Result<(), Error> {
        self.sorted = false;
        match self.accept {
            Accept::Indexable => Err(error().into()),
            Accept::Anything => Ok(()),
        }
    }

    fn begin_scaffold(&mut self, record: &Record<'_>) -> Result<(), Error> {
        self.builder
            .begin_reference(record.chrom)
            .map_err(ErrorKind::Index)?;
        // Out of order, a scaffold may come again: then it goes on being the last one.
        let known = self.scaffolds.iter().position(|(n, _)| n == record.chrom);
        let entry = match known {
            Some(place) => self.scaffolds.remove(place),
            None => (
                record.chrom.to_vec(),
                Scaffold {
                    name: String::from_utf8_lossy(record.chrom).into_owned(),
                    records: 0,
                    first: record.pos,
                    last: record.pos,
                },
            ),
        };
        self.scaffolds.push(entry);
        Ok(())
    }

    fn check_columns(&self, record: &Record<'_>) -> Result<(), RecordError> {
        let expected = self.header.samples().len();
        let found = record
            .samples
            .map_or(0, |samples| memchr::memchr_iter(b'\t', samples).count() + 1);
        if found != expected && (record.format.is_some() || expected > 0) {
            return Err(RecordError::SampleColumns { found, expected });
        }
        Ok(())
    }

    fn finish(self) -> (Dimensions, Index) {
        let samples = self.header.samples().iter();
        let dimensions = Dimensions {
            samples: samples
                .map(|name| String::from_utf8_lossy(name).into_owned())
                .collect(),
            scaffolds: self.scaffolds.into_iter().map(|(_, s)| s).collect(),
            records: self.records,
            sorted: self.sorted,
        };
        (dimensions, self.builder.finish())
    }
}
