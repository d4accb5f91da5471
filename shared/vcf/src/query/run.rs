//! Making a query on several files ready, and running it.

use std::io::Write;

use crate::concat;
use crate::error::{Error, ErrorKind};
use crate::header::Header;
use crate::index::Builder;
use crate::merge::Merger;
use crate::pipeline::deliver::Delivery;
use crate::pipeline::feed::Feed;
use crate::pipeline::job::Worker;
use crate::pipeline::output::Sink;
use crate::pipeline::pool::{Pool, Shared};
use crate::pipeline::segment::{Segment, plan};
use crate::pipeline::{Indexing, Options, Parts, Summary};
use crate::source::Source;
use crate::view::View;

use super::stream::Stream;
use super::weave::{Weave, work};
use super::{Input, Join, order};

/// Runs the query and writes the result.
///
/// # Errors
/// If the plan does not fit a file or is for bcftools to decide, or the files do not fit each other
/// (nothing is written then); if a file is damaged, malformed or unsorted, or the result cannot be
/// written.
pub fn run<S: Source, W: Write>(
    inputs: &[Input<'_, S>],
    join: Join<'_>,
    options: &Options,
    writer: W,
) -> Result<Summary, Error> {
    let views = inputs
        .iter()
        .map(|input| view(input).map_err(|error| error.in_file(input.name)))
        .collect::<Result<Vec<_>, _>>()?;
    let groups = join
        .groups
        .iter()
        .map(|group| group_header(group, inputs, &views))
        .collect::<Result<Vec<_>, _>>()?;
    let members: Vec<Vec<usize>> = join.groups.to_vec();
    let mut header = match groups.as_slice() {
        [] => return Err(ErrorKind::Option("no file is given".to_owned()).into()),
        [only] => only.clone(),
        several => crate::merge::header(several)?,
    };
    for (input, view) in inputs.iter().zip(&views) {
        order::check(input.name, view, input.index, &header)?;
    }
    for line in join.header_lines {
        header
            .add_text(line)
            .map_err(|text| ErrorKind::Option(format!("{text:?} is no header line")))?;
    }
    let header = header;
    let merger = match groups.as_slice() {
        [_] => None,
        several => Some(Merger::new(several, &header)?),
    };
    let segments: Vec<Vec<Segment<'_>>> = inputs
        .iter()
        .zip(&views)
        .map(|(input, view)| plan(view, input.opened.format, input.opened.records, input.index))
        .collect();
    let builder = (options.indexing == Indexing::Csi).then(|| {
        let lengths = header.contigs().iter().filter_map(|contig| contig.length);
        Builder::new(lengths.max())
    });
    let worker =
        |n: usize| Worker::new(&views[n], &segments[n], options).for_joining(join.printing);
    let sink = Sink::new(writer, builder);
    let mut delivery = Delivery::new(worker(0), options.encoding, sink, 0);
    if matches!(options.parts, Parts::All | Parts::Header) {
        let mut text = Vec::new();
        header.print(&mut text);
        delivery.header(&text)?;
    }
    if matches!(options.parts, Parts::All | Parts::Records) {
        let streams = inputs.iter().enumerate().map(|(n, input)| {
            let feed = Feed::new(input.source, input.opened.format, &segments[n]);
            Stream::new(input.name, feed, worker(n), input.opened.header_lines)
        });
        let streams: Vec<_> = streams.collect();
        let names: Vec<&str> = inputs.iter().map(|input| input.name).collect();
        let shared = Shared::default();
        std::thread::scope(|scope| {
            let make = || {
                let mut deflater = worker(0);
                move |job| work(job, &mut deflater)
            };
            let pool = Pool::start(scope, &shared, options.threads, make);
            let weave = Weave::new(pool, &mut delivery, options, &header, &names, &members);
            let result = weave.run(streams, merger);
            shared.close();
            result
        })?;
    }
    delivery.finish(0)
}

fn view<S: Source>(input: &Input<'_, S>) -> Result<View, Error> {
    let mut header = input.opened.header.clone();
    if let Some(index) = input.index {
        header.add_missing_contigs(index.names());
    }
    View::new(input.pipeline, &header, input.context)
}

/// The header of a group: that of its first file, and what the others add.
fn group_header<S: Source>(
    group: &[usize],
    inputs: &[Input<'_, S>],
    views: &[View],
) -> Result<Header, Error> {
    let (first, rest) = group
        .split_first()
        .ok_or_else(|| ErrorKind::Option("a group has no file".to_owned()))?;
    let mut header = views[*first].header().clone();
    for place in rest {
        let other = views[*place].header();
        if other.samples() != header.samples() {
            let reason = format!(
                "its samples are not those of {}, in the same order",
                inputs[*first].name
            );
            return Err(Error::from(ErrorKind::Option(reason)).in_file(inputs[*place].name));
        }
        concat::unite(&mut header, other);
    }
    Ok(header)
}
