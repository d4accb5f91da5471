//! Records of BCF through the stages: read as far as it takes to decide, and copied or printed at once where they are
//! kept as they are.

use std::ops::Range;

use crate::bcf::{Dictionary, Form, Frame, Look, Take, site};
use crate::error::{Error, ErrorKind, Place};
use crate::number::Digits;
use crate::reader::{RawChunk, Records};
use crate::record::{Record, RecordError};
use crate::view::{RegionSet, SiteKnown};

use super::job::{OfBcf, Processed, Worker};
use super::printed::Output;
use super::reuse::Tracker;
use super::segment::Segment;

/// What became of a record.
enum Fate {
    Dropped,
    /// Its bytes stand in the output.
    Copied,
    Printed,
}

/// The columns of a record as text.
struct Shown<'l> {
    line: &'l [u8],
    site: Look,
    /// Where the columns of the site end.
    end: usize,
    /// Of the columns behind them, if they were printed.
    samples: Option<Look>,
}

impl Worker<'_> {
    /// Passes the records of a chunk through the stages; prints into `buffer`.
    pub(super) fn records(
        &mut self,
        segment: usize,
        chunk: &RawChunk,
        records: &Records,
        buffer: Vec<u8>,
    ) -> Result<Processed, Error> {
        let mut output = Output {
            text: buffer,
            ..Output::default()
        };
        let is_counted = self.segments[segment].is_counted();
        let dictionary = &records.dictionary;
        let mut tracker = Tracker::default();
        let mut line = std::mem::take(&mut self.decoded);
        for place in records.places_within(chunk.bytes.len()) {
            let (bytes, printed) = (&chunk.bytes[place.clone()], output.text.len());
            output.read += 1;
            let number = output.read;
            let fate = self
                .record(segment, bytes, dictionary, &mut line, &mut output)
                .map_err(|source| {
                    let (line, site) = (is_counted.then_some(number), site(bytes, dictionary));
                    let at = Place { line, site };
                    ErrorKind::Record { at, source }
                })?;
            note(&mut tracker, fate, place, printed);
        }
        self.decoded = line;
        if self.reuse
            && self.of_bcf == OfBcf::Copied
            && let Some(origin) = &records.origin
        {
            let blocks = origin.blocks_within(chunk.bytes.len());
            output.reused = tracker.reused(
                &origin.chunk,
                blocks,
                &output.text,
                self.splicer.get_or_insert_default(),
            );
        }
        Ok(Processed {
            has_line_end: true,
            is_whole: true,
            output,
            ..Processed::default()
        })
    }

    fn record(
        &mut self,
        segment: usize,
        bytes: &[u8],
        dictionary: &Dictionary,
        line: &mut Vec<u8>,
        output: &mut Output,
    ) -> Result<Fate, RecordError> {
        let Segment { region, window, .. } = &self.segments[segment];
        let frame = Frame::new(bytes)?;
        let scaffold = frame.scaffold(dictionary)?;
        if window.is_some_and(|window| !window.holds(scaffold, frame.pos())) {
            return Ok(Fate::Dropped);
        }
        let set = match region {
            Some((name, _)) if *name != scaffold => return Ok(Fate::Dropped),
            Some((_, set)) => Some(*set),
            None => None,
        };
        let view = self.view;
        line.clear();
        let digits = if view.reads_floats() || self.printer.computes() {
            Digits::AsNeeded
        } else {
            self.digits
        };
        let site = frame.print_site(dictionary, digits, line)?;
        let end = line.len();
        let columns = view.chosen_columns();
        // FORMAT/LEN can say how long a symbolic allele is.
        let is_symbolic = memchr::memchr(b'<', line).is_some();
        let is_asked = view.reads_samples() || is_symbolic;
        if let Some(first) = self.scratch.first_mut() {
            first.columns_are_chosen = columns.is_some();
            first.site = SiteKnown::Nothing;
            if let Some(called) = first.called.take() {
                self.called = called;
            }
        }
        if let Some(columns) = columns
            && !is_symbolic
            && let Some(fate) =
                self.chosen(&frame, dictionary, columns, (site, set), line, output)?
        {
            return Ok(fate);
        }
        let samples = is_asked
            .then(|| frame.print_samples(dictionary, Digits::AsNeeded, columns, line))
            .transpose()?;
        let record = Record::parse(line)?;
        let Some(kept) = view.apply(record, set, &mut self.scratch)? else {
            return Ok(Fate::Dropped);
        };
        if !view.keeps_records() {
            self.printer.print(&kept, &record, output)?;
            return Ok(Fate::Printed);
        }
        let shown = Shown {
            line,
            site,
            end,
            samples,
        };
        if self.of_bcf == OfBcf::Copied && frame.check_samples(dictionary)? == Form::Canonical {
            let length = frame.stated_length();
            self.printer.copy(&kept, bytes, length, output);
            return Ok(Fate::Copied);
        }
        let printed = output.text.len();
        let is_alike = site.digits == Digits::Six || !self.printer.computes();
        if self.printer.takes_lines()
            && is_alike
            && shown.print(&frame, dictionary, self.digits, &mut output.text)? == Form::Canonical
        {
            self.printer.note(&kept, printed, output);
            return Ok(Fate::Printed);
        }
        if samples.is_none() {
            frame.print_samples(dictionary, Digits::AsNeeded, None, line)?;
        }
        let record = Record::parse(line)?;
        self.printer.print(&record, &record, output)?;
        Ok(Fate::Printed)
    }
}

impl Worker<'_> {
    /// What becomes of a record, the site of which is the line, if of its samples nothing is left but these columns. Of them
    /// no more is looked at than how often each allele is called, where that decides; `None` if it takes more. The site is
    /// printed as it is where it looks so and nothing but INFO/AC and AN can change.
    fn chosen(
        &mut self,
        frame: &Frame<'_>,
        dictionary: &Dictionary,
        columns: &[usize],
        (look, set): (Look, Option<&RegionSet>),
        line: &mut Vec<u8>,
        output: &mut Output,
    ) -> Result<Option<Fate>, RecordError> {
        let Self {
            view,
            scratch,
            printer,
            chosen,
            ..
        } = self;
        let is_copied = self.of_bcf == OfBcf::Copied;
        let Some(first) = scratch.first_mut() else {
            return Ok(None);
        };
        if !view.only_counts_calls() || !(is_copied || printer.takes_lines()) {
            return Ok(None);
        }
        let form = frame.choose_samples(
            dictionary,
            columns,
            if is_copied {
                Take::All
            } else {
                Take::Genotypes
            },
            chosen,
        )?;
        let mut called = std::mem::take(&mut self.called);
        let site = line.len();
        // Nobody looks at the column.
        let format = chosen.has_genotypes().then_some(&b"\tGT\t."[..]);
        line.extend_from_slice(format.unwrap_or(b"\t.\t."));
        let record = Record::parse(line)?;
        let is_counted = chosen.count(record.allele_count(), &mut called).is_some();
        if !is_counted || !(is_copied || form == Form::Canonical) {
            self.called = called;
            line.truncate(site);
            return Ok(None);
        }
        first.called = Some(called);
        // Of samples there is GT alone.
        let is_canonical = look.form.and(form) == Form::Canonical && chosen.has_genotypes();
        if is_canonical && dictionary.names_are_whole {
            first.site = SiteKnown::Declared;
        }
        let Some(kept) = view.apply(record, set, scratch)? else {
            return Ok(Some(Fate::Dropped));
        };
        if is_copied {
            printer.choose(&kept, chosen, output)?;
        } else {
            let digits = self.digits;
            let samples = |out: &mut Vec<u8>| {
                let printed = frame.print_samples(dictionary, digits, Some(columns), out);
                printed.map(|_| ())
            };
            let is_plain = self.has_plain_counts
                && look.form == Form::Canonical
                && look.digits == Digits::Six
                && printer.takes_plain_sites();
            if is_plain && view.only_chooses_columns() {
                let before_info = &line[..record.before_info()];
                printer.print_plain_with(before_info, &kept, output, samples)?;
            } else {
                printer.print_with(&kept, output, samples)?;
            }
        }
        Ok(Some(Fate::Printed))
    }
}

impl Shown<'_> {
    /// Appends the whole line with so many digits, unless it needs to be put into canonical form.
    fn print(
        &self,
        frame: &Frame<'_>,
        dictionary: &Dictionary,
        digits: Digits,
        out: &mut Vec<u8>,
    ) -> Result<Form, RecordError> {
        let fits = |look: Look| look.digits == Digits::Six || digits == Digits::AsNeeded;
        let start = out.len();
        let mut form = self.site.form;
        if fits(self.site) {
            out.extend_from_slice(&self.line[..self.end]);
        } else {
            frame.print_site(dictionary, digits, out)?;
        }
        match self.samples {
            Some(look) if fits(look) => out.extend_from_slice(&self.line[self.end..]),
            _ => {
                let look = frame.print_samples(dictionary, digits, None, out)?;
                form = form.and(look.form);
            }
        }
        if let Some(look) = self.samples {
            form = form.and(look.form);
        }
        match form {
            Form::Canonical => out.push(b'\n'),
            Form::Doubtful => out.truncate(start),
        }
        Ok(form)
    }
}

fn note(tracker: &mut Tracker, fate: Fate, place: Range<usize>, printed: usize) {
    match fate {
        Fate::Dropped => {}
        Fate::Copied => tracker.unchanged(place, printed),
        Fate::Printed => tracker.changed(place),
    }
}
