//! The pass over the records.

use super::pieces::{Piece, Run};
use super::{Beyond, Dimensions, Scaffold};
use crate::bgzf::Format;
use crate::canonical::Canonicalizer;
use crate::error::{Error, ErrorKind, Place};
use crate::header::Header;
use crate::index::{Builder, Chunk, Index, check_name};
use crate::layout::Seen;
use crate::names::Entry;
use crate::reader::{Line, Opened, open_lines};
use crate::record::{Record, RecordError};
use crate::reference::reaches_beyond;
use crate::skips::{self, Skips};
use crate::source::Source;
use crate::stats::{Collector, Noted, Statistics};

/// What the caller can do with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Accept {
    /// Bgzipped and sorted files.
    Indexable,
    /// Sorted files, plain text too.
    Sorted,
    /// Plain text and files out of order too.
    Anything,
}

/// What a pass yields.
pub(super) struct Passed {
    pub(super) dimensions: Dimensions,
    /// Of an indexable file.
    pub(super) index: Index,
    pub(super) opened: Opened,
    /// What blocks the records of an indexable file lie in.
    pub(super) seen: Seen,
    /// Where they were asked for.
    pub(super) statistics: Option<Statistics>,
    /// What its parts are like, where statistics were asked for.
    pub(super) skips: Option<Skips>,
}

/// Reads the file. Statistics need a sorted one.
pub(super) fn run<S: Source>(
    source: &S,
    accept: Accept,
    with_statistics: bool,
) -> Result<Passed, Error> {
    let (opened, mut lines) = open_lines(source, 1 << 20)?;
    match opened.format {
        Format::Text if accept == Accept::Indexable => return Err(ErrorKind::NotCompressed.into()),
        Format::Text | Format::Bgzf => {}
    }
    let mut pass = Pass::new(&opened.header, accept);
    if with_statistics {
        pass.collect(Collector::new(&opened.header));
    }
    let mut number = opened.header_lines;
    while let Some(line) = lines.next_line()? {
        number += 1;
        pass.take(&line, number)?;
    }
    let (statistics, skips) = (pass.collector.take(), pass.parts.take());
    let (dimensions, index, seen) = pass.finish();
    Ok(Passed {
        dimensions,
        index,
        opened,
        seen,
        statistics: statistics.map(|(collector, _)| collector.finish()),
        skips: skips.map(skips::Collector::finish),
    })
}

pub(super) struct Pass<'h> {
    header: &'h Header,
    /// Every record is printed, to nobody, so that none is indexed that no query can print.
    canonicalizer: Canonicalizer<'h>,
    printed: Vec<u8>,
    collector: Option<(Collector, Noted)>,
    parts: Option<skips::Collector>,
    accept: Accept,
    builder: Builder,
    seen: Seen,
    /// One for each name of the builder, and the line with which its last run of records begins.
    scaffolds: Vec<(Extent, u64)>,
    /// The place of the scaffold of the record before.
    current: Option<usize>,
    records: u64,
    /// The length of the current scaffold in bases, if the header declares it.
    length: Option<u64>,
    beyond: Option<Beyond>,
    sorted: bool,
}

/// A record that should have come before.
pub(super) fn comes_after(line: u64, site: String, pos: u64, last: u64) -> ErrorKind {
    let reason = format!("unsorted positions: {pos} comes after {last}");
    unsorted(line, site, reason)
}

/// A scaffold that should not come again.
pub(super) fn left_before(line: u64, site: String) -> ErrorKind {
    let reason = "unsorted: its scaffold was left before and comes again";
    unsorted(line, site, reason.to_owned())
}

fn unsorted(line: u64, site: String, reason: String) -> ErrorKind {
    let (line, site) = (Some(line), Some(site));
    let at = Place { line, site };
    ErrorKind::Unsorted { at, reason }
}

/// The records of one scaffold.
struct Extent {
    records: u64,
    first: u64,
    last: u64,
}

impl<'h> Pass<'h> {
    pub(super) fn new(header: &'h Header, accept: Accept) -> Self {
        let longest = header.contigs().iter().filter_map(|c| c.length).max();
        Self {
            header,
            canonicalizer: Canonicalizer::new(header),
            printed: vec![],
            collector: None,
            parts: None,
            accept,
            builder: Builder::new(longest),
            seen: Seen::default(),
            scaffolds: vec![],
            current: None,
            records: 0,
            length: None,
            beyond: None,
            sorted: true,
        }
    }

    /// For a piece of a bgzipped file, of which everything is collected.
    pub(super) fn of_piece(header: &'h Header) -> Self {
        let mut pass = Self::new(header, Accept::Indexable);
        pass.builder = pass.builder.of_piece();
        pass.collect(Collector::of_piece(header));
        pass
    }

    fn collect(&mut self, collector: Collector) {
        let noted = Noted::new(self.header);
        self.parts = Some(skips::Collector::new(&noted.numbers));
        self.collector = Some((collector, noted));
    }

    pub(super) fn take(&mut self, line: &Line<'_>, number: u64) -> Result<(), Error> {
        let fault = |record: Option<&Record<'_>>, source| {
            Error::from(ErrorKind::record(Some(number), record, source))
        };
        let record = Record::parse(line.text).map_err(|source| fault(None, source))?;
        let checked = self.check(&record);
        checked.map_err(|source| fault(Some(&record), source))?;
        self.records += 1;
        let same =
            self.current.and_then(|place| self.builder.names.get(place)) == Some(record.chrom);
        if !same {
            self.begin_scaffold(&record, number)?;
        }
        if let Some(length) = self.length
            && reaches_beyond(record.pos, record.reference.len(), length)
        {
            let first = || {
                let (line, site) = (Some(number), Some(record.site()));
                Beyond {
                    at: Place { line, site },
                    scaffold: String::from_utf8_lossy(record.chrom).into_owned(),
                    length,
                    records: 0,
                }
            };
            self.beyond.get_or_insert_with(first).records += 1;
        }
        if let Some(extent) = self.current_extent() {
            let last = extent.last;
            extent.records += 1;
            extent.last = last.max(record.pos);
            if record.pos < last {
                self.disorder(|| comes_after(number, record.site(), record.pos, last))?;
                if let Some(extent) = self.current_extent() {
                    extent.first = extent.first.min(record.pos);
                }
            }
        }
        if let Some((collector, noted)) = &mut self.collector {
            collector.take(&record, noted);
            if let Some(parts) = &mut self.parts {
                parts.take(&record, &noted.numbers, (line.start, line.end));
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
            self.seen.note(line.start, line.end);
        }
        Ok(())
    }

    fn current_extent(&mut self) -> Option<&mut Extent> {
        let (extent, _) = self.scaffolds.get_mut(self.current?)?;
        Some(extent)
    }

    fn disorder(&mut self, error: impl FnOnce() -> ErrorKind) -> Result<(), Error> {
        self.sorted = false;
        match self.accept {
            Accept::Indexable | Accept::Sorted => Err(error().into()),
            Accept::Anything => Ok(()),
        }
    }

    /// `number` is the record's line.
    fn begin_scaffold(&mut self, record: &Record<'_>, number: u64) -> Result<(), Error> {
        let extent = Extent {
            records: 0,
            first: record.pos,
            last: record.pos,
        };
        if self.accept == Accept::Indexable {
            check_name(record.chrom).map_err(ErrorKind::Index)?;
        }
        let place = match self.builder.enter(record.chrom) {
            Entry::New(place) => {
                self.scaffolds.push((extent, number));
                if let Some((collector, _)) = &mut self.collector {
                    collector.begin_scaffold();
                }
                place
            }
            Entry::Known(place) => {
                self.disorder(|| left_before(number, record.site()))?;
                self.scaffolds[place].1 = number;
                place
            }
        };
        self.current = Some(place);
        self.length = self.header.contigs().length(record.chrom);
        Ok(())
    }

    /// Judges a record as a query that prints it would, and notes of it what the statistics need.
    fn check(&mut self, record: &Record<'_>) -> Result<(), RecordError> {
        let Some((_, noted)) = &mut self.collector else {
            self.printed.clear();
            self.check_columns(record)?;
            return self.canonicalizer.print(record, &mut self.printed);
        };
        noted.begin();
        let checked = self.canonicalizer.check(record, &mut self.printed, noted);
        // The columns were counted, but for an empty last one, and where there are to be none.
        let is_counted = checked.is_ok()
            && !self.header.samples().is_empty()
            && record
                .samples
                .is_none_or(|columns| !columns.ends_with(b"\t"));
        if !is_counted {
            self.check_columns(record)?;
        }
        checked
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

    /// What a piece has.
    pub(super) fn into_piece(self) -> Piece {
        let (names, index) = self.builder.into_part();
        let scaffolds = self.scaffolds.into_iter().map(|(extent, line)| Run {
            records: extent.records,
            first: extent.first,
            last: extent.last,
            line,
        });
        let collector = self.collector.map(|(collector, _)| collector);
        let skips = self.parts.map(skips::Collector::into_piece);
        Piece {
            names: names.iter().map(<[u8]>::to_vec).collect(),
            scaffolds: scaffolds.collect(),
            records: self.records,
            beyond: self.beyond,
            seen: self.seen,
            index,
            statistics: collector.map(Collector::into_part).unwrap_or_default(),
            skips: skips.unwrap_or_default(),
            ..Piece::default()
        }
    }

    /// A scaffold that comes in pieces is listed where its last piece is.
    fn finish(self) -> (Dimensions, Index, Seen) {
        let samples = self.header.samples().iter();
        let names = &self.builder.names;
        let mut order: Vec<_> = (0..self.scaffolds.len()).collect();
        if !self.sorted {
            order.sort_by_key(|place| self.scaffolds[*place].1);
        }
        let scaffolds = order.into_iter().map(|place| {
            let (extent, _) = &self.scaffolds[place];
            Scaffold {
                name: String::from_utf8_lossy(names.get(place).unwrap_or_default()).into_owned(),
                records: extent.records,
                first: extent.first,
                last: extent.last,
            }
        });
        let dimensions = Dimensions {
            samples: samples
                .map(|name| String::from_utf8_lossy(name).into_owned())
                .collect(),
            scaffolds: scaffolds.collect(),
            records: self.records,
            beyond: self.beyond,
            sorted: self.sorted,
        };
        drop(self.scaffolds);
        (dimensions, self.builder.finish(), self.seen)
    }
}
