//! The cohort scope: what of the stages is done to each file, and what to the joined records.

use hashbrown::HashSet;
use std::sync::Arc;

use crate::command::{Pipeline, SampleChoice, VersionLines, ViewStage};
use crate::executor::arrange;
use crate::merge::Blocks;
use crate::view::Context;

use super::{Input, Request};

/// The stages for the joined records.
#[derive(Debug)]
pub(super) struct Cohort {
    pub stages: Pipeline,
    pub context: Context,
}

impl Cohort {
    /// Of a request whose stages are to be applied to the joined records.
    pub(super) fn new<S>(request: &Request<'_, S>) -> Self {
        let first = request.inputs.first();
        let mut stages = first.map_or_else(Vec::new, |input| input.stages.stages.clone());
        // Of merged gVCF blocks pieces can lie outside of the regions that the blocks reach into.
        if let Some(stage) = stages.first_mut()
            && request.rules.blocks == Blocks::AsRecords
        {
            stage.regions.clear();
        }
        let mut seen = HashSet::new();
        let selected = request.inputs.iter().flat_map(|i| &i.context.selection);
        let mut selection: Vec<String> = selected
            .filter(|name| seen.insert(*name))
            .cloned()
            .collect();
        arrange::sort(&mut selection, request.samples, String::as_bytes);
        Self {
            stages: Pipeline { stages },
            context: Context {
                selection,
                date: first.map_or_else(String::new, |input| input.context.date.clone()),
                lists: first.map_or_else(Arc::default, |input| input.context.lists.clone()),
                ..Context::default()
            },
        }
    }
}

/// What is done to a file before it is joined: it is cut to the samples that stand for the selection, so that the stages
/// see the samples that are asked for and no others, and to the regions of the first stage. No stage if neither is asked
/// for.
pub(super) fn cut<S>(input: &Input<'_, S>) -> Pipeline {
    let stages = &input.stages.stages;
    let selects = |stage: &&ViewStage| stage.samples == Some(SampleChoice::Selection);
    let selecting = stages.iter().find(selects);
    let reading = stages.first().filter(|stage| !stage.regions.is_empty());
    if selecting.is_none() && reading.is_none() {
        return Pipeline { stages: Vec::new() };
    }
    let mut cut = ViewStage {
        version_lines: VersionLines::Omit,
        ..ViewStage::default()
    };
    if let Some(stage) = reading {
        cut.regions.clone_from(&stage.regions);
        cut.regions_overlap = stage.regions_overlap;
    }
    if let Some(stage) = selecting {
        cut.samples.clone_from(&stage.samples);
        cut.info_update = stage.info_update;
    }
    Pipeline { stages: vec![cut] }
}

/// The stages of one file that is a cohort by itself.
pub(super) fn alone<S>(input: &Input<'_, S>) -> Pipeline {
    let first = input.stages.stages.first();
    let cuts_by_itself = first.is_none_or(|first| {
        let selects = first.samples == Some(SampleChoice::Selection);
        selects && first.expression.is_none() && first.private.is_none()
    });
    if cuts_by_itself {
        return input.stages.clone();
    }
    let Pipeline { mut stages } = cut(input);
    let mut others = input.stages.stages.clone();
    if let (Some(_), Some(first)) = (stages.first(), others.first_mut()) {
        first.regions.clear();
    }
    stages.append(&mut others);
    Pipeline { stages }
}
