//! Answering a request: one input is copied through the stages, several are joined site by site. Both roads
//! share reading, stages, assembling of lines, delivery and index.

use std::cell::OnceCell;
use std::io::Write;
use std::sync::Arc;

use crate::bcf::{Dictionary, Encoder, Numbering};
use crate::bgzf::Format;
use crate::cpu::Inherited;
use crate::error::{Error, ErrorKind};
use crate::executor::ahead::Ahead;
use crate::executor::assembler::Assembler;
use crate::executor::deliver::Delivery;
use crate::executor::feed::Feed;
use crate::executor::flow::Flow;
use crate::executor::job::{OfBcf, Printing, Worker};
use crate::executor::output::Sink;
use crate::executor::pool::{Pool, Shared, Submitter};
use crate::executor::segment::Segment;
use crate::executor::{Indexing, Options};
use crate::groups::Groups;
use crate::index::Builder;
use crate::merge::{self, Finding, Merger, OnConflict};
use crate::reader::Content;
use crate::source::Source;

use super::cancel::{Cancel, Cancellable};
use super::finish::Finisher;
use super::group::Group;
use super::interleave::{Interleave, work};
use super::joiner::Joiner;
use super::prepare::Prepared;
use super::stream::Stream;
use super::{Answer, Request, order};

/// Answers a request and writes the result, in order, to `writer`. `cancel` ends it from outside.
///
/// # Errors
/// If the plan does not fit a file or is for bcftools to decide, or the files do not fit each other
/// (nothing is written then); if a file is damaged, malformed or unsorted, a sample has two different
/// genotypes at a site, or the result cannot be written. An error of category
/// [`crate::Category::Declined`] can also come while records are merged; what was written is of no use
/// then and bcftools must be asked.
pub fn answer<S: Source, W: Write>(
    request: &Request<'_, S>,
    options: &Options,
    cancel: &Cancel,
    writer: W,
) -> Result<Answer, Error> {
    let prepared = Prepared::new(request)?;
    let segments = prepared.segments();
    let builder = (options.indexing == Indexing::Csi).then(|| {
        let lengths = prepared.header.contigs().iter();
        Builder::new(lengths.filter_map(|contig| contig.length).max())
    });
    let writer = Cancellable {
        inner: writer,
        cancel,
    };
    let numbering = options
        .encoding
        .is_bcf()
        .then(|| Numbering::new(&prepared.shown).map(Arc::new))
        .transpose()
        .map_err(ErrorKind::Header)?;
    let sink = Sink::new(writer, builder).of_bcf(numbering.as_ref());
    let mut delivery = Delivery::new(options.encoding, sink);
    if options.parts.header {
        delivery.header(&match &numbering {
            None => prepared.header_text(),
            Some(numbering) => numbering.print_header(&prepared.shown),
        })?;
    }
    let run = Run {
        request,
        options,
        cancel,
        prepared: &prepared,
        segments: &segments,
        numbering: numbering.as_deref(),
    };
    let mut findings = Vec::new();
    if options.parts.records {
        match request.inputs {
            [only] if !request.merges() => run
                .copy(&mut delivery)
                .map_err(|error| error.in_file(only.name))?,
            _ => findings = run.join(&mut delivery)?,
        }
    }
    Ok(Answer {
        summary: delivery.finish(options.parts.end)?,
        findings,
    })
}

/// A request that is being answered.
struct Run<'r, 'q, S> {
    request: &'r Request<'q, S>,
    options: &'r Options,
    cancel: &'r Cancel,
    prepared: &'r Prepared<'q, S>,
    segments: &'r [Vec<Segment<'r>>],
    /// That of the result, if it is BCF.
    numbering: Option<&'r Numbering>,
}

impl<'r, S: Source> Run<'r, '_, S> {
    fn worker(&self, place: usize) -> Worker<'r> {
        Worker::new(
            &self.prepared.views[place],
            &self.segments[place],
            self.options,
        )
        .printing(self.printing(), self.prepared.arrangement(place))
        .reading_bcf(self.request.inputs[place].opened.is_bcf())
    }

    /// What is done with records of BCF of the only input.
    fn of_bcf(&self) -> OfBcf {
        let agrees = |dictionary: &Dictionary| {
            let is_same = |numbering| dictionary.agrees_with(numbering);
            self.numbering.is_some_and(is_same)
        };
        match &self.request.inputs[0].opened.content {
            Content::Bcf(dictionary) if agrees(dictionary) => OfBcf::Copied,
            _ => OfBcf::Printed,
        }
    }

    /// The sample groups of an input and the columns that are taken out of them, if its stages look at no others. A record
    /// of BCF that is copied into BCF is copied as it is.
    fn groups(&self, place: usize, of_bcf: OfBcf) -> Option<(&'r Groups, &'r [usize])> {
        let (input, view) = (&self.request.inputs[place], &self.prepared.views[place]);
        let groups = input.context.groups.as_ref()?;
        let columns = view.chosen_columns()?;
        let (directory, header) = (groups.directory(), &input.opened.header);
        let fits = directory.samples() == header.samples().len()
            && input
                .source
                .len()
                .is_ok_and(|length| length == directory.file_length())
            && input.opened.format == Format::Bgzf;
        (fits && !view.in_order() && of_bcf == OfBcf::Printed).then_some((groups, columns))
    }

    fn encoder(&self) -> Option<Encoder<'r>> {
        let numbering = self.numbering?;
        Some(Encoder::new(numbering, &self.prepared.shown))
    }

    /// Lines of BCF are not written as they are to be printed.
    fn printing(&self) -> Printing {
        let inputs = self.request.inputs;
        if self.numbering.is_some() || inputs.iter().any(|input| input.opened.is_bcf()) {
            Printing::Canonical
        } else {
            self.request.join.printing
        }
    }

    fn source(&self, place: usize) -> Cancellable<'r, &'r S> {
        Cancellable {
            inner: self.request.inputs[place].source,
            cancel: self.cancel,
        }
    }

    /// One input: chunks go through the stages on all threads, and unchanged blocks come through as they are.
    fn copy<W: Write>(&self, delivery: &mut Delivery<W>) -> Result<(), Error> {
        let opened = self.request.inputs[0].opened;
        let source = self.source(0);
        let of_bcf = match self.prepared.arrangement(0) {
            None => self.of_bcf(),
            Some(_) => OfBcf::Printed,
        };
        let feed = Feed::new(&source, opened, &self.segments[0]);
        let feed = feed.with_groups(self.groups(0, of_bcf));
        let threads = self.options.threads;
        let room = 2 * threads.get() + 2;
        let shared = Shared::default();
        let ahead = Ahead::new(room);
        std::thread::scope(|scope| {
            let make = || {
                let mut worker = self.worker(0).encoding(self.encoder(), of_bcf);
                move |job| worker.work(job)
            };
            let pool = Pool::start(scope, &shared, threads, Submitter::Helps, make);
            let own = self.worker(0).encoding(self.encoder(), of_bcf);
            let assembler = Assembler::new(own, opened.header_lines);
            let flow = Flow::new(pool, assembler, delivery, room);
            let result = if threads.get() == 1 || source.is_near() {
                flow.run(feed)
            } else {
                // One more thread waits for the source, so that nothing else has to.
                let (writer, reader) = ahead.sides();
                let cpu = Inherited::from_this_thread();
                scope.spawn(move || cpu.run(|| writer.fill(feed)));
                flow.run(reader)
            };
            shared.close();
            result
        })
    }

    /// Several inputs, site by site.
    fn join<W: Write>(&self, delivery: &mut Delivery<W>) -> Result<Vec<Finding>, Error> {
        let (request, prepared) = (self.request, self.prepared);
        let (inputs, groups) = (request.inputs, &prepared.groups);
        let names: Vec<&str> = inputs.iter().map(|input| input.name).collect();
        let conflicts = request.rules.conflicts;
        let merger = match request.merges() {
            false => None,
            true => Some(Merger::new(
                groups,
                &prepared.header,
                request.rules,
                request.samples,
                &names,
                merge::Scope {
                    regions: request.regions,
                    bases: request.bases,
                    is_part: request.window.is_some(),
                    exact: self.numbering.is_some(),
                },
            )?),
        };
        // A merge looks at regions by itself.
        let regions = match merger {
            Some(_) => &[],
            None => request.regions,
        };
        let twins: Vec<_> = groups.iter().map(|_| OnceCell::new()).collect();
        let united = match groups.as_slice() {
            [_] => std::slice::from_ref(&prepared.header),
            several => several,
        };
        let united = united.iter().zip(&twins);
        let mut joiner = Joiner::new(
            &request.groups(),
            united
                .map(|(header, twins)| Group::new(header, twins, &names, request.rules))
                .collect(),
            &names,
            conflicts,
            merger,
            Finisher::new(regions, prepared.cohort.as_ref(), self.numbering.is_some()),
        );
        joiner.findings.clone_from(&prepared.findings);
        let sources: Vec<_> = (0..inputs.len()).map(|place| self.source(place)).collect();
        let streams = inputs.iter().zip(&sources).enumerate();
        let streams = streams.map(|(place, (input, source))| Stream {
            name: input.name,
            contigs: (conflicts != OnConflict::Unchecked).then(|| input.opened.header.contigs()),
            begins: order::begins(&self.segments[place], input, &prepared.header),
            feed: Feed::new(source, input.opened, &self.segments[place])
                .with_groups(self.groups(place, OfBcf::Printed)),
            assembler: Assembler::new(
                self.worker(place).for_joining(&prepared.computed),
                input.opened.header_lines,
            ),
        });
        let streams: Vec<_> = streams.collect();
        let shared = Shared::default();
        std::thread::scope(|scope| {
            let make = || {
                let mut deflater = self.worker(0);
                move |job| work(job, &mut deflater)
            };
            let threads = self.options.threads;
            let pool = Pool::start(scope, &shared, threads, Submitter::Waits, make);
            let header = &prepared.header;
            let interleave =
                Interleave::new(pool, delivery, self.options, header, &names, self.cancel)
                    .encoding(self.encoder());
            let result = interleave.run(streams, &mut joiner);
            shared.close();
            result
        })?;
        Ok(joiner.findings.named(&names))
    }
}
