//! The work that threads do: inflating a chunk and passing its records through the stages; deflating
//! text. Each worker has its own buffers.

use crate::bcf::{Chosen, Encoder};
use crate::bgzf::{BlockDeflater, Inflater, Splicer};
use crate::canonical::Canonicalizer;
use crate::error::{Error, ErrorKind};
use crate::groups::Buffers;
use crate::number::Digits;
use crate::reader::{RawChunk, TextChunk};
use crate::record::{Record, RecordError};
use crate::view::{RegionSet, Scratch, SiteKnown, View};

use super::arrange::Arrangement;
use super::printed::{Deflated, Output};
use super::printer::Printer;
use super::reuse::Tracker;
use super::segment::Segment;
use super::{DEFAULT_LEVEL, Encoding, Indexing, Options};

/// Something to do.
pub(crate) enum Job {
    Process {
        segment: usize,
        chunk: RawChunk,
        /// An empty buffer to print into.
        buffer: Vec<u8>,
    },
    Deflate {
        text: Vec<u8>,
    },
}

/// Something done.
pub(crate) enum Done {
    Processed(Result<Processed, Error>),
    Deflated(Deflated),
}

/// What a chunk yielded.
#[derive(Default)]
pub(crate) struct Processed {
    /// Before the first line feed: the end of a line that began in the chunk before.
    pub head: Vec<u8>,
    /// Whether there is a line feed at all; if not, `head` is all of the text.
    pub has_line_end: bool,
    /// Whether the chunk begins with a line: nothing was carried into it, and there is no head.
    pub is_whole: bool,
    /// The whole lines after it, for views that must see them in order.
    pub body: Vec<u8>,
    /// What the whole lines after it became, for all others.
    pub output: Output,
    /// After the last line feed.
    pub tail: Vec<u8>,
    /// What is wrong with one of the whole lines; those behind it were not looked at. The line that ends in `head` comes
    /// before it, and may have a fault of its own.
    pub fault: Option<Error>,
}

pub(crate) struct Worker<'v> {
    pub(super) view: &'v View,
    pub(super) segments: &'v [Segment<'v>],
    pub(super) scratch: Vec<Scratch>,
    pub(super) printer: Printer<'v>,
    inflater: Inflater,
    deflater: BlockDeflater,
    /// Made when blocks are first used again: its tables are large, and what is joined with other text uses none.
    pub(super) splicer: Option<Box<Splicer>>,
    pub(super) reuse: bool,
    text: TextChunk,
    printing: Printing,
    /// A record of BCF as a line.
    pub(super) decoded: Vec<u8>,
    /// Its values of the samples that are kept.
    pub(super) chosen: Chosen,
    /// How often each of its alleles is called; between records.
    pub(super) called: Vec<i64>,
    /// Of floats of BCF.
    pub(super) digits: Digits,
    pub(super) of_bcf: OfBcf,
    /// Whether INFO/AC and AN are printed as they are counted.
    pub(super) has_plain_counts: bool,
    /// What chunks of sample groups are inflated into.
    pub(super) of_rows: Buffers,
}

/// What is done with records of BCF that are kept as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OfBcf {
    /// They are copied, for names have the same numbers in the result.
    Copied,
    Printed,
}

/// How records are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Printing {
    /// As bcftools prints records it has parsed.
    #[default]
    Canonical,
    /// Lines are copied; for no stages only.
    AsWritten,
}

impl<'v> Worker<'v> {
    pub(crate) fn new(view: &'v View, segments: &'v [Segment<'v>], options: &Options) -> Self {
        let deflater = options.encoding.deflater();
        let canonicalizer = Canonicalizer::new(view.header())
            .noting(view.notices())
            .exact(options.encoding.is_bcf());
        Self {
            view,
            segments,
            scratch: view.scratch(),
            printer: Printer::new(canonicalizer, options.indexing),
            inflater: Inflater::default(),
            deflater: deflater.unwrap_or_else(|| BlockDeflater::new(0)),
            splicer: None,
            reuse: matches!(
                options.encoding,
                Encoding::Bgzip(1..=DEFAULT_LEVEL) | Encoding::Bcf(1..=DEFAULT_LEVEL)
            ),
            text: TextChunk::default(),
            printing: Printing::Canonical,
            decoded: Vec::new(),
            chosen: Chosen::default(),
            called: Vec::new(),
            digits: if options.encoding.is_bcf() {
                Digits::AsNeeded
            } else {
                Digits::Six
            },
            of_bcf: OfBcf::Printed,
            has_plain_counts: view.header().declares_counts(),
            of_rows: Buffers::default(),
        }
    }

    /// Encodes what was printed, and does this with records of BCF that are kept.
    pub(crate) fn encoding(mut self, encoder: Option<Encoder<'v>>, of_bcf: OfBcf) -> Self {
        self.printer.encoder = encoder;
        self.of_bcf = of_bcf;
        self
    }

    /// Prints so, with the sample columns in this order.
    pub(crate) fn printing(
        mut self,
        printing: Printing,
        arrangement: Option<&'v Arrangement>,
    ) -> Self {
        self.printing = printing;
        self.printer.arrangement = arrangement;
        self
    }

    /// For lines that were records of BCF, or not.
    pub(crate) fn reading_bcf(mut self, is_bcf: bool) -> Self {
        self.printer.canonicalizer = self.printer.canonicalizer.of_bcf(is_bcf);
        self
    }

    /// For text that is joined with other text: keeps no blocks, and no places of records. Floats of these INFO tags are
    /// printed with all their digits.
    pub(crate) fn for_joining(mut self, computed: &'v [Vec<u8>]) -> Self {
        self.reuse = false;
        self.printer.indexing = Indexing::Off;
        self.printer.canonicalizer = self.printer.canonicalizer.computed(computed);
        self
    }

    pub(crate) fn work(&mut self, job: Job) -> Done {
        match job {
            Job::Process {
                segment,
                chunk,
                buffer,
            } => Done::Processed(self.chunk(segment, &chunk, buffer)),
            Job::Deflate { text } => Done::Deflated(self.deflate(&text)),
        }
    }

    /// Inflates a chunk and passes its lines through the stages; prints into `buffer`.
    pub(crate) fn chunk(
        &mut self,
        segment: usize,
        chunk: &RawChunk,
        buffer: Vec<u8>,
    ) -> Result<Processed, Error> {
        let mut text = std::mem::take(&mut self.text);
        let done = match &chunk.uncut {
            None => self.process(segment, chunk, &mut text, buffer),
            Some(uncut) => match uncut.records(&mut self.inflater) {
                Ok(Some(records)) => self.process(segment, &records, &mut text, buffer),
                Ok(None) => Ok(Processed::default()),
                Err(error) => Err(error),
            },
        };
        self.text = text;
        done
    }

    fn process(
        &mut self,
        segment: usize,
        chunk: &RawChunk,
        inflated: &mut TextChunk,
        buffer: Vec<u8>,
    ) -> Result<Processed, Error> {
        if let Some(records) = &chunk.records
            && !self.view.in_order()
        {
            return self.records(segment, chunk, records, buffer);
        }
        if let Some(rows) = &chunk.rows
            && self.printing == Printing::Canonical
            && !self.view.in_order()
        {
            return self.rows(segment, rows, buffer);
        }
        chunk.inflate(&mut self.inflater, inflated)?;
        let text = inflated.text();
        let is_whole = chunk.is_whole();
        if let Some(first) = self.scratch.first_mut() {
            first.columns_are_chosen = chunk.rows.is_some();
            first.site = SiteKnown::Nothing;
            // Counted for a record of BCF of the chunk before.
            first.called = None;
        }
        let Some(first) = memchr::memchr(b'\n', text) else {
            return Ok(Processed {
                head: text.to_vec(),
                ..Processed::default()
            });
        };
        let last = memchr::memrchr(b'\n', text).unwrap_or(first);
        let (head, begin) = if is_whole {
            (&text[..0], 0)
        } else {
            (&text[..first], first + 1)
        };
        if self.view.in_order() && self.printing == Printing::Canonical {
            return Ok(Processed {
                head: head.to_vec(),
                has_line_end: true,
                is_whole,
                body: text[begin..=last].to_vec(),
                tail: text[last + 1..].to_vec(),
                ..Processed::default()
            });
        }
        let mut output = Output {
            text: buffer,
            ..Output::default()
        };
        let reuse = self.reuse && !chunk.blocks.is_empty();
        let mut tracker = Tracker::default();
        let skipped = inflated.skipped();
        let mut start = begin;
        while let Some(length) = memchr::memchr(b'\n', &text[start..=last]) {
            let printed = output.text.len();
            let end = start + length;
            if let Err(fault) = self.line(segment, &text[start..end], &mut output) {
                return Ok(Processed {
                    head: head.to_vec(),
                    has_line_end: true,
                    is_whole,
                    fault: Some(fault),
                    ..Processed::default()
                });
            }
            if reuse && output.text.len() > printed {
                let line = start + skipped..end + 1 + skipped;
                if output.text[printed..] == text[start..=end] {
                    tracker.unchanged(line, printed);
                } else {
                    tracker.changed(line);
                }
            }
            start = end + 1;
        }
        if reuse {
            let blocks = chunk.blocks_of(inflated);
            output.reused = tracker.reused(
                chunk,
                blocks,
                &output.text,
                self.splicer.get_or_insert_default(),
            );
        }
        Ok(Processed {
            head: head.to_vec(),
            has_line_end: true,
            is_whole,
            output,
            tail: text[last + 1..].to_vec(),
            ..Processed::default()
        })
    }

    /// Passes whole lines, each with its line feed, through the stages.
    pub(crate) fn lines(
        &mut self,
        segment: usize,
        lines: &[u8],
        output: &mut Output,
    ) -> Result<(), Error> {
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', lines) {
            self.line(segment, &lines[start..end], output)?;
            start = end + 1;
        }
        Ok(())
    }

    /// Passes one line, without its line feed, through the stages. Lines of errors are counted from
    /// the beginning of `output`.
    pub(crate) fn line(
        &mut self,
        segment: usize,
        line: &[u8],
        output: &mut Output,
    ) -> Result<(), Error> {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        output.read += 1;
        let of = &self.segments[segment];
        let Segment { region, window, .. } = of;
        let number = output.read;
        let wrap = |record: Option<&Record<'_>>, source| {
            let line = of.is_counted().then_some(number);
            Error::from(ErrorKind::record(line, record, source))
        };
        let copied = self.printing == Printing::AsWritten;
        if copied && window.is_none() && self.printer.indexing == Indexing::Off {
            self.copy(line, output);
            return Ok(());
        }
        let record = Record::parse(line).map_err(|source| wrap(None, source))?;
        if window.is_some_and(|window| !window.holds(record.chrom, record.pos)) {
            return Ok(());
        }
        if copied {
            let start = output.text.len();
            self.copy(line, output);
            if self.printer.indexing == Indexing::Csi {
                output.mark(&record, output.text.len() - start);
            }
            return Ok(());
        }
        let set = match region {
            Some((scaffold, _)) if *scaffold != record.chrom => return Ok(()),
            Some((_, set)) => Some(*set),
            None => None,
        };
        self.pass(&record, set, None, output)
            .map_err(|source| wrap(Some(&record), source))
    }

    /// Passes a record through the stages and prints what is left of it; the site of it as it is, where that is given.
    pub(super) fn pass(
        &mut self,
        record: &Record<'_>,
        set: Option<&RegionSet>,
        plain: Option<&[u8]>,
        output: &mut Output,
    ) -> Result<(), RecordError> {
        let Some(kept) = self.view.apply(*record, set, &mut self.scratch)? else {
            return Ok(());
        };
        match plain {
            Some(site) => self.printer.print_plain(site, &kept, record, output),
            None => self.printer.print(&kept, record, output),
        }
    }

    /// Prints a line as it is written.
    fn copy(&self, line: &[u8], output: &mut Output) {
        match self.printer.arrangement {
            None => {
                output.text.extend_from_slice(line);
                output.text.push(b'\n');
            }
            Some(arrangement) => arrangement.apply(line, &mut output.text),
        }
        output.written += 1;
    }

    pub(crate) fn deflate(&mut self, text: &[u8]) -> Deflated {
        let mut bytes = Vec::new();
        let blocks = self.deflater.deflate(text, &mut bytes);
        Deflated { bytes, blocks }
    }
}
