//! Pieces put together.

use std::ops::Range;

use super::super::pass::{Passed, comes_after, left_before};
use super::super::{Beyond, Dimensions, Fault, FullScan, Scaffold, full};
use super::piece::{Begin, Piece, Run, scan_from};
use crate::error::{Category, Error, ErrorKind};
use crate::index::Builder;
use crate::layout::Seen;
use crate::reader::Opened;
use crate::skips;
use crate::source::Source;
use crate::stats::{self, Noted};

/// Takes the pieces of a file in their order.
pub struct Joiner<'s, S> {
    source: &'s S,
    opened: Opened,
    /// Where the next piece begins, once there was one.
    begin: Option<u64>,
    /// Lines of the pieces before.
    lines: u64,
    scaffolds: Vec<Scaffold>,
    records: u64,
    beyond: Option<Beyond>,
    builder: Builder,
    seen: Seen,
    statistics: stats::Joiner,
    skips: skips::Collector,
    fault: Option<Fault>,
}

impl<'s, S: Source> Joiner<'s, S> {
    /// For the pieces of this file.
    #[must_use]
    pub fn new(source: &'s S, opened: Opened) -> Self {
        let header = &opened.header;
        let longest = header.contigs().iter().filter_map(|c| c.length).max();
        Self {
            source,
            begin: None,
            lines: 0,
            scaffolds: vec![],
            records: 0,
            beyond: None,
            builder: Builder::new(longest),
            seen: Seen::default(),
            statistics: stats::Joiner::default(),
            skips: skips::Collector::new(&Noted::new(header).numbers),
            fault: None,
            opened,
        }
    }

    /// Adds the next piece, which was made of this range of bytes. One that does not begin where the one before ends is made anew.
    ///
    /// # Errors
    /// If bytes cannot be fetched.
    pub fn add(&mut self, range: Range<u64>, piece: Piece) -> Result<(), Error> {
        if self.fault.is_some() {
            return Ok(());
        }
        let piece = match self.begin {
            // A block of the piece before reaches over all of it.
            Some(begin) if begin >= range.end => return Ok(()),
            Some(begin) if piece.begin != Some(begin) => {
                scan_from(self.source, &self.opened, range, Begin::Block(begin))?
            }
            _ => piece,
        };
        self.begin = Some(piece.end);
        self.fault = self.join(piece).err();
        Ok(())
    }

    fn join(&mut self, piece: Piece) -> Result<(), Fault> {
        let lines = self.lines;
        let goes_on = self.begin_scaffolds(&piece.names, &piece.scaffolds)?;
        if let Some(fault) = piece.fault {
            return Err(fault.after_lines(lines));
        }
        if piece.lines == 0 {
            return Ok(());
        }
        self.lines += piece.lines;
        self.records += piece.records;
        match (&mut self.beyond, piece.beyond) {
            (Some(known), Some(more)) => known.records += more.records,
            (Some(_), None) => {}
            (None, found) => {
                self.beyond = found.map(|mut beyond| {
                    beyond.at.line = beyond.at.line.map(|line| line + lines);
                    beyond
                });
            }
        }
        self.seen.join(&piece.seen);
        let names = piece.names.iter().map(Vec::as_slice);
        self.builder.add_part(names, piece.index);
        self.statistics.add(piece.statistics, goes_on);
        self.skips.add_piece(piece.skips);
        Ok(())
    }

    /// Adds the scaffolds of a piece; says whether the first goes on from the piece before.
    fn begin_scaffolds(&mut self, names: &[Vec<u8>], runs: &[Run]) -> Result<bool, Fault> {
        let fault = |kind: ErrorKind| Err(Fault::from(&Error::from(kind)));
        let known = &self.builder.names;
        let is_last =
            |name: &[u8]| known.len().checked_sub(1).and_then(|n| known.get(n)) == Some(name);
        let goes_on = names.first().is_some_and(|name| is_last(name));
        for (nth, (name, run)) in names.iter().zip(runs).enumerate() {
            let line = self.lines + run.line;
            let text = String::from_utf8_lossy(name);
            let site = || format!("{text}:{}", run.first);
            if nth == 0
                && goes_on
                && let Some(scaffold) = self.scaffolds.last_mut()
            {
                if run.first < scaffold.last {
                    return fault(comes_after(line, site(), run.first, scaffold.last));
                }
                scaffold.records += run.records;
                scaffold.last = run.last;
                continue;
            }
            if known.place(name).is_some() {
                return fault(left_before(line, site()));
            }
            self.scaffolds.push(Scaffold {
                name: text.into_owned(),
                records: run.records,
                first: run.first,
                last: run.last,
            });
        }
        Ok(goes_on)
    }

    /// What the file holds, or what is wrong with it.
    ///
    /// # Errors
    /// If bytes cannot be fetched.
    pub fn finish(self) -> Result<Result<FullScan, Fault>, Error> {
        if let Some(fault) = self.fault {
            return Ok(Err(fault));
        }
        let samples = self.opened.header.samples().iter();
        let samples = samples.map(|name| String::from_utf8_lossy(name).into_owned());
        let passed = Passed {
            dimensions: Dimensions {
                samples: samples.collect(),
                scaffolds: self.scaffolds,
                records: self.records,
                beyond: self.beyond,
                sorted: true,
            },
            index: self.builder.finish(),
            opened: self.opened,
            seen: self.seen,
            statistics: Some(self.statistics.finish()),
            skips: Some(self.skips.finish()),
        };
        match full(self.source, passed) {
            Ok(scan) => Ok(Ok(scan)),
            Err(error) if error.category() == Category::Io => Err(error),
            Err(error) => Ok(Err(Fault::from(&error))),
        }
    }
}
