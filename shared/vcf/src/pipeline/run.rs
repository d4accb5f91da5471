//! Running a query: fetching ahead, handing out jobs, keeping the queues bounded.

use std::io::Write;
use std::sync::mpsc::sync_channel;

use crate::command::Pipeline;
use crate::cpu::Inherited;
use crate::error::{Error, ErrorKind};
use crate::index::{Builder, Index};
use crate::reader::Opened;
use crate::source::Source;
use crate::view::{Context, View};

use super::deliver::Delivery;
use super::feed::Feed;
use super::flow::Flow;
use super::job::Worker;
use super::output::Sink;
use super::pool::{Pool, Shared};
use super::segment::plan;
use super::{Indexing, Options, Parts, Summary};

/// What is asked of one file.
#[derive(Debug)]
pub struct Query<'q> {
    /// The stages.
    pub pipeline: &'q Pipeline,
    /// The file, opened.
    pub opened: &'q Opened,
    /// Its index; regions are read through it.
    pub index: Option<&'q Index>,
    /// What the stages need to know beside.
    pub context: &'q Context,
    /// Header lines that the result gets beside those of the stages, without line feeds.
    pub header_lines: &'q [String],
}

/// Runs a query and writes the result.
///
/// # Errors
/// If the plan does not fit the file or is for bcftools to decide (nothing is written then), if the
/// file is damaged or malformed, or if the result cannot be written.
pub fn run<S: Source, W: Write>(
    source: &S,
    query: &Query<'_>,
    options: &Options,
    writer: W,
) -> Result<Summary, Error> {
    let mut header = query.opened.header.clone();
    if let Some(index) = query.index {
        header.add_missing_contigs(index.names());
    }
    let view = View::new(query.pipeline, &header, query.context)?;
    let segments = plan(
        &view,
        query.opened.format,
        query.opened.records,
        query.index,
    );
    let builder = (options.indexing == Indexing::Csi).then(|| {
        let lengths = header.contigs().iter().filter_map(|contig| contig.length);
        Builder::new(lengths.max())
    });
    let sink = Sink::new(writer, builder);
    let worker = Worker::new(&view, &segments, options);
    let header_lines = query.opened.header_lines;
    let mut delivery = Delivery::new(worker, options.encoding, sink, header_lines);
    if matches!(options.parts, Parts::All | Parts::Header) {
        let mut header = view.header().clone();
        for line in query.header_lines {
            header
                .add_text(line)
                .map_err(|text| ErrorKind::Option(format!("{text:?} is no header line")))?;
        }
        let mut text = Vec::new();
        header.print(&mut text);
        delivery.header(&text)?;
    }
    if matches!(options.parts, Parts::All | Parts::Records) {
        let shared = Shared::default();
        let feed = Feed::new(source, query.opened.format, &segments);
        let room = 2 * options.threads.get() + 2;
        std::thread::scope(|scope| {
            let make = || {
                let mut worker = Worker::new(&view, &segments, options);
                move |job| worker.work(job)
            };
            let pool = Pool::start(scope, &shared, options.threads, make);
            let flow = Flow::new(pool, &mut delivery, room);
            let result = if options.threads.get() == 1 {
                flow.run(feed)
            } else {
                // One more thread waits for the source, so that nothing else has to.
                let (sender, pieces) = sync_channel(room);
                let cpu = Inherited::from_this_thread();
                scope.spawn(move || {
                    cpu.run(|| {
                        for piece in feed {
                            if sender.send(piece).is_err() {
                                break;
                            }
                        }
                    });
                });
                flow.run(pieces.into_iter())
            };
            shared.close();
            result
        })?;
    }
    delivery.finish(header_lines)
}
