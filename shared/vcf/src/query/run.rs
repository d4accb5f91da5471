//! Making a query on several files ready, and running it.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::io::Write;

use crate::concat;
use crate::error::{Error, ErrorKind};
use crate::header::Header;
use crate::index::Builder;
use crate::merge::{FindingKind, Findings, Merger, OnConflict, Rules};
use crate::pipeline::deliver::Delivery;
use crate::pipeline::feed::Feed;
use crate::pipeline::job::Worker;
use crate::pipeline::output::Sink;
use crate::pipeline::pool::{Pool, Shared};
use crate::pipeline::segment::Segment;
use crate::pipeline::{Indexing, Options, Parts, Summary};
use crate::source::Source;
use crate::view::View;

use super::arrange::{Arrangement, in_order};
use super::cohort::{Cohort, regions_only};
use super::finish::Finisher;
use super::group::Group;
use super::joiner::Joiner;
use super::stream::Stream;
use super::watch::{Watch, Watched};
use super::weave::{Weave, work};
use super::{Answer, FilterScope, Input, Join, Request, order};

/// Runs a query with bcftools' default rules and writes the result; [`answer`] has more to choose.
///
/// # Errors
/// As [`answer`].
pub fn run<S: Source, W: Write>(
    inputs: &[Input<'_, S>],
    join: Join<'_>,
    options: &Options,
    writer: W,
) -> Result<Summary, Error> {
    let rules = Rules::default();
    let request = Request::new(inputs, join, &rules);
    answer(&request, options, &Watch::default(), writer).map(|answer| answer.summary)
}

/// Runs a query and writes the result, in order, to `writer`. `watch` says how far it is, and ends it
/// with an I/O error when it is stopped.
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
    watch: &Watch,
    writer: W,
) -> Result<Answer, Error> {
    let inputs = request.inputs;
    let names: Vec<&str> = inputs.iter().map(|input| input.name).collect();
    let named = |place: usize| move |error: Error| error.in_file(inputs[place].name);
    let views = inputs
        .iter()
        .enumerate()
        .map(|(place, input)| view(input, request.scope).map_err(named(place)))
        .collect::<Result<Vec<_>, _>>()?;
    let groups = request
        .join
        .groups
        .iter()
        .map(|group| group_header(group, &views))
        .collect::<Result<Vec<_>, _>>()?;
    let mut header = match groups.as_slice() {
        [] => return Err(ErrorKind::Option("no file is given".to_owned()).into()),
        [only] => {
            let mut header = only.clone();
            header.set_samples(in_order(only.samples(), request.samples));
            header
        }
        several => crate::merge::header(several, request.rules, request.samples)?,
    };
    let mut arrangements: Vec<Option<Arrangement>> = inputs.iter().map(|_| None).collect();
    for (group, united) in request.join.groups.iter().zip(&groups) {
        // A merge puts the columns of groups in order by itself.
        let samples = if groups.len() == 1 { &header } else { united }.samples();
        for place in group {
            let own = views[*place].header().samples();
            arrangements[*place] = Arrangement::new(own, samples).map_err(named(*place))?;
        }
    }
    let whole = inputs
        .iter()
        .zip(&views)
        .map(|(input, view)| {
            let wanted = request.scaffolds;
            order::whole_scaffolds(view, input.opened, input.index, &header, wanted)
                .map_err(|error| error.in_file(input.name))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let cohort = (request.scope == FilterScope::Cohort).then(|| Cohort::new(request));
    let cohort = match &cohort {
        Some(cohort) => Some(View::new(&cohort.pipeline, &header, &cohort.context)?),
        None => None,
    };
    let mut shown = cohort.as_ref().map_or(&header, View::header).clone();
    let mut header_lines = request.join.header_lines.to_vec();
    let conflicts = request.rules.conflicts;
    if inputs.len() > 1 && matches!(conflicts, OnConflict::First | OnConflict::KeepBoth) {
        header_lines.push(format!("##DivBase_on_conflict={}", conflicts.as_str()));
    }
    for line in &header_lines {
        for header in [&mut header, &mut shown] {
            header
                .add_text(line)
                .map_err(|text| ErrorKind::Option(format!("{text:?} is no header line")))?;
        }
    }
    let (header, shown) = (header, shown);
    let merger = match groups.as_slice() {
        [_] => None,
        several => Some(Merger::new(
            several,
            &header,
            request.rules,
            request.samples,
            &names,
        )?),
    };
    let segments: Vec<Vec<Segment<'_>>> = inputs
        .iter()
        .zip(views.iter().zip(&whole))
        .map(|(input, (view, whole))| {
            order::segments(view, input.opened, input.index, whole.as_ref(), &header)
        })
        .collect();
    let builder = (options.indexing == Indexing::Csi).then(|| {
        let lengths = header.contigs().iter().filter_map(|contig| contig.length);
        Builder::new(lengths.max())
    });
    let printing = request.join.printing;
    let worker = |n: usize| Worker::new(&views[n], &segments[n], options).for_joining(printing);
    let writer = Watched {
        inner: writer,
        watch,
    };
    let sink = Sink::new(writer, builder);
    let sources: Vec<Watched<'_, &S>> = inputs
        .iter()
        .map(|input| Watched {
            inner: input.source,
            watch,
        })
        .collect();
    let mut delivery = Delivery::new(worker(0), options.encoding, sink, 0);
    if matches!(options.parts, Parts::All | Parts::Header) {
        let mut text = Vec::new();
        shown.print(&mut text);
        delivery.header(&text)?;
    }
    let mut answer = Answer::default();
    if matches!(options.parts, Parts::All | Parts::Records) {
        let streams: Vec<_> = inputs
            .iter()
            .zip(&sources)
            .zip(arrangements)
            .enumerate()
            .map(|(n, ((input, source), arrangement))| {
                let feed = Feed::new(source, input.opened.format, &segments[n]);
                Stream::new(
                    input.name,
                    feed,
                    worker(n),
                    arrangement,
                    input.opened.header_lines,
                )
            })
            .collect();
        let finisher = Finisher::new(request.regions, cohort.as_ref());
        let twins: Vec<_> = groups.iter().map(|_| OnceCell::new()).collect();
        let united = if groups.len() == 1 {
            std::slice::from_ref(&header)
        } else {
            &groups
        };
        let united = united.iter().zip(&twins);
        let mut joiner = Joiner::new(
            request.join.groups,
            united
                .map(|(header, twins)| Group::new(header, twins, &names, conflicts))
                .collect(),
            &names,
            conflicts,
            merger,
            finisher,
        );
        if conflicts != OnConflict::Unchecked {
            compare_lengths(inputs, &mut joiner.findings);
        }
        let shared = Shared::default();
        std::thread::scope(|scope| {
            let make = || {
                let mut deflater = worker(0);
                move |job| work(job, &mut deflater)
            };
            let pool = Pool::start(scope, &shared, options.threads, make);
            let weave = Weave::new(pool, &mut delivery, options, &header, &names, watch);
            let result = weave.run(streams, &mut joiner);
            shared.close();
            result
        })?;
        answer.findings = joiner.findings.named(&names);
    }
    answer.summary = delivery.finish(0)?;
    Ok(answer)
}

fn view<S: Source>(input: &Input<'_, S>, scope: FilterScope) -> Result<View, Error> {
    let mut header = input.opened.header.clone();
    if let Some(index) = input.index {
        header.add_missing_contigs(index.names());
    }
    match scope {
        FilterScope::File => View::new(input.pipeline, &header, input.context),
        FilterScope::Cohort => View::new(&regions_only(input), &header, input.context),
    }
}

/// Notes scaffolds that have different lengths in two headers.
fn compare_lengths<S>(inputs: &[Input<'_, S>], findings: &mut Findings) {
    let mut known: HashMap<&[u8], (usize, u64)> = HashMap::new();
    for (place, input) in inputs.iter().enumerate() {
        for contig in input.opened.header.contigs().iter() {
            let Some(length) = contig.length else {
                continue;
            };
            let (one, other) = *known.entry(contig.name).or_insert((place, length));
            if other != length {
                let kind = FindingKind::ScaffoldLength {
                    one: other,
                    other: length,
                };
                let name = || String::from_utf8_lossy(contig.name).into_owned();
                findings.note(kind, one, place, name);
            }
        }
    }
}

/// The header of a group: that of its first file, and what the others add.
fn group_header(group: &[usize], views: &[View]) -> Result<Header, Error> {
    let (first, rest) = group
        .split_first()
        .ok_or_else(|| ErrorKind::Option("a group has no file".to_owned()))?;
    let mut header = views[*first].header().clone();
    for place in rest {
        concat::unite(&mut header, views[*place].header());
    }
    Ok(header)
}
