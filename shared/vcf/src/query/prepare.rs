//! What a request needs before a record is read: views, headers, orders of columns and scaffolds. Whatever is
//! refused or declined in advance is so here.

use std::borrow::Cow;

use crate::bgzf::Format;
use crate::command::Pipeline;
use crate::concat::Union;
use crate::error::{Error, ErrorKind};
use crate::executor::arrange::{self, Arrangement};
use crate::executor::segment::{self, Segment, plan};
use crate::header::{Header, quoted_line};
use crate::merge::{Blocks, Findings, OnConflict, computed_floats};
use crate::view::{Regions, View};

use super::cohort::{Cohort, alone, cut};
use super::{FilterScope, Input, Request, order, scaffolds};

/// A request made ready.
pub(super) struct Prepared<'q, S> {
    request: &'q Request<'q, S>,
    /// One for each input.
    pub views: Vec<View>,
    arrangements: Vec<Option<Arrangement>>,
    /// What has to be read by scaffold although no region was asked for.
    whole: Vec<Option<Regions>>,
    /// United headers, one for each group.
    pub groups: Vec<Header>,
    /// That of the joined records.
    pub header: Header,
    /// That of the result.
    pub shown: Header,
    /// The stages for joined records.
    pub cohort: Option<View>,
    /// INFO tags whose floats are computed with when records are merged.
    pub computed: Vec<Vec<u8>>,
    /// What the headers contradict each other in.
    pub findings: Findings,
}

impl<'q, S> Prepared<'q, S> {
    pub(super) fn new(request: &'q Request<'q, S>) -> Result<Self, Error> {
        let inputs = request.inputs;
        let named = |place: usize| move |error: Error| error.in_file(inputs[place].name);
        let headers = inputs
            .iter()
            .map(|input| (input.name, &input.opened.header));
        let headers: Vec<(&str, &Header)> = headers.collect();
        let findings = scaffolds::compare(&headers, request.rules.conflicts)?;
        let views = inputs
            .iter()
            .enumerate()
            .map(|(place, input)| {
                let stages: Cow<'_, Pipeline> = match (request.scope, inputs) {
                    (FilterScope::File, _) => Cow::Borrowed(input.stages),
                    (FilterScope::Cohort, [_]) => Cow::Owned(alone(input)),
                    (FilterScope::Cohort, _) => Cow::Owned(cut(input)),
                };
                view(input, &stages).map_err(named(place))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let places = request.groups();
        let groups = places
            .iter()
            .map(|group| group_header(group, &views))
            .collect::<Result<Vec<_>, _>>()?;
        let header = match groups.as_slice() {
            [] => return Err(ErrorKind::Option("no file is given".to_owned()).into()),
            [only] if !request.merges() => {
                let mut samples = only.samples().to_vec();
                arrange::sort(&mut samples, request.samples, |name| name);
                let mut header = only.clone();
                header.set_samples(samples);
                header
            }
            several => crate::merge::header(several, request.rules, request.samples)?,
        };
        let mut arrangements: Vec<Option<Arrangement>> = inputs.iter().map(|_| None).collect();
        for (group, united) in places.iter().zip(&groups) {
            // A merge puts the columns of groups in order by itself.
            let samples = if groups.len() == 1 { &header } else { united }.samples();
            for place in group {
                let own = views[*place].header().samples();
                arrangements[*place] = Arrangement::new(own, samples).map_err(named(*place))?;
            }
        }
        let whole = match inputs {
            // One file keeps its order.
            [_] => vec![None],
            _ => inputs
                .iter()
                .zip(&views)
                .map(|(input, view)| {
                    let wanted = request.scaffolds;
                    order::whole_scaffolds(view, input.opened, input.index, &header, wanted)
                        .map_err(|error| error.in_file(input.name))
                })
                .collect::<Result<Vec<_>, _>>()?,
        };
        let cohort = match (request.scope, inputs) {
            (FilterScope::File, _) | (FilterScope::Cohort, [_]) => None,
            (FilterScope::Cohort, _) => {
                let Cohort { stages, context } = Cohort::new(request);
                Some(View::new(&stages, &header, &context)?)
            }
        };
        if let (Some(_), Some(reason)) = (
            request.window,
            indivisible(&views, cohort.as_ref(), request),
        ) {
            return Err(ErrorKind::Declined(reason.to_owned()).into());
        }
        let computed = match request.merges() {
            false => Vec::new(),
            true => computed_floats(&header, request.rules)?,
        };
        let mut shown = cohort.as_ref().map_or(&header, View::header).clone();
        let mut header = header;
        for line in header_lines(request, &findings).iter() {
            for header in [&mut header, &mut shown] {
                header
                    .add_text(line)
                    .map_err(|text| ErrorKind::Option(format!("{text:?} is no header line")))?;
            }
        }
        Ok(Self {
            request,
            views,
            arrangements,
            whole,
            groups,
            header,
            shown,
            cohort,
            computed,
            findings,
        })
    }

    /// What is read of each input.
    pub(super) fn segments(&self) -> Vec<Vec<Segment<'_>>> {
        let inputs = self.request.inputs.iter().enumerate();
        inputs
            .map(|(place, input)| {
                let (view, opened) = (&self.views[place], input.opened);
                let mut segments = match self.request.inputs {
                    [_] => plan(view, opened.format, opened.records, input.index),
                    _ => {
                        let whole = self.whole[place].as_ref();
                        order::segments(view, opened, input.index, whole, &self.header)
                    }
                };
                if let Some(window) = self.request.window {
                    segment::cut(&mut segments, window, opened.format, input.index);
                }
                if let Some((skips, gap)) = &input.context.skips
                    && opened.format == Format::Bgzf
                    && let Some(kept) = view.spans(skips, *gap)
                {
                    segment::keep(&mut segments, &kept);
                }
                segments
            })
            .collect()
    }

    /// The order of an input's columns, if it is another than its own.
    pub(super) fn arrangement(&self, place: usize) -> Option<&Arrangement> {
        self.arrangements[place].as_ref()
    }

    /// Whether windows, put one behind the other, are the answer.
    pub(super) fn is_divisible(&self) -> bool {
        indivisible(&self.views, self.cohort.as_ref(), self.request).is_none()
    }

    /// The header text of the result.
    pub(super) fn header_text(&self) -> Vec<u8> {
        let mut text = Vec::new();
        self.shown.print(&mut text);
        text
    }
}

/// What decided how files that contradict each other were joined is part of the result.
fn header_lines<'q, S>(request: &Request<'q, S>, findings: &Findings) -> Cow<'q, [String]> {
    let lines = request.join.header_lines;
    let conflicts = request.rules.conflicts;
    if matches!(conflicts, OnConflict::Error | OnConflict::Unchecked) && findings.is_empty()
        || request.inputs.len() < 2
    {
        return lines.into();
    }
    let mut lines = lines.to_vec();
    if conflicts != OnConflict::Error {
        lines.push(format!("##DivBase_on_conflict={}", conflicts.as_str()));
    }
    let names: Vec<&str> = request.inputs.iter().map(|input| input.name).collect();
    for finding in findings.clone().named(&names) {
        let line = quoted_line("DivBase_warning", &finding.to_string());
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.into()
}

/// Why a request cannot be answered in windows, if it cannot.
fn indivisible<S>(
    views: &[View],
    cohort: Option<&View>,
    request: &Request<'_, S>,
) -> Option<&'static str> {
    if views.iter().chain(cohort).any(View::in_order) {
        return Some("an expression that bcftools answers from earlier records needs all of them");
    }
    (request.rules.blocks == Blocks::Merged)
        .then_some("gVCF blocks reach over the edges of windows")
}

fn view<S>(input: &Input<'_, S>, stages: &Pipeline) -> Result<View, Error> {
    let mut header = input.opened.header.clone();
    if let Some(index) = input.index {
        header.add_missing_contigs(index.names());
    }
    View::new(stages, &header, input.context)
}

/// The header of a group: that of its first file, and what the others add.
fn group_header(group: &[usize], views: &[View]) -> Result<Header, Error> {
    let (first, rest) = group
        .split_first()
        .ok_or_else(|| ErrorKind::Option("a group has no file".to_owned()))?;
    let mut union = Union::of(views[*first].header().clone());
    for place in rest {
        union.add(views[*place].header());
    }
    Ok(union.into_header())
}
