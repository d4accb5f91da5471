//! Records out of sample groups through the stages: their lines are never put together.

use crate::error::{Error, ErrorKind};
use crate::groups::{Row, Rows};
use crate::record::{Record, RecordError};
use crate::view::SiteKnown;

use super::job::{Processed, Worker};
use super::printed::Output;
use super::segment::Segment;

impl Worker<'_> {
    /// Passes the records of a chunk through the stages; prints into `buffer`.
    pub(super) fn rows(
        &mut self,
        segment: usize,
        rows: &Rows,
        buffer: Vec<u8>,
    ) -> Result<Processed, Error> {
        let mut output = Output {
            text: buffer,
            ..Output::default()
        };
        let is_counted = self.segments[segment].is_counted();
        // Where more than samples is taken out, a site may be changed in other ways than it is plain for.
        let prints_plain = self.view.only_chooses_columns() && self.printer.takes_plain_sites();
        let mut buffers = std::mem::take(&mut self.of_rows);
        let read = rows.each(&mut buffers, |row| {
            output.read += 1;
            let number = output.read;
            let record = Record::parse(row.site).map(|site| Record {
                samples: Some(row.samples),
                ..site
            });
            let passed = match &record {
                Ok(record) => self.row(segment, record, &row, prints_plain, &mut output),
                Err(error) => Err(error.clone()),
            };
            passed.map_err(|source| {
                let line = is_counted.then_some(number);
                ErrorKind::record(line, record.as_ref().ok(), source).into()
            })
        });
        self.of_rows = buffers;
        read?;
        Ok(Processed {
            has_line_end: true,
            is_whole: true,
            output,
            ..Processed::default()
        })
    }

    fn row(
        &mut self,
        segment: usize,
        record: &Record<'_>,
        row: &Row<'_>,
        prints_plain: bool,
        output: &mut Output,
    ) -> Result<(), RecordError> {
        let Segment { region, window, .. } = &self.segments[segment];
        if window.is_some_and(|window| !window.holds(record.chrom, record.pos)) {
            return Ok(());
        }
        let set = match region {
            Some((scaffold, _)) if *scaffold != record.chrom => return Ok(()),
            Some((_, set)) => Some(*set),
            None => None,
        };
        if let Some(first) = self.scratch.first_mut() {
            first.columns_are_chosen = true;
            first.site = if row.is_plain {
                SiteKnown::Plain
            } else {
                SiteKnown::Nothing
            };
            first.called = None;
        }
        let plain = (row.is_plain && prints_plain).then_some(row.site);
        self.pass(record, set, plain, output)
    }
}
