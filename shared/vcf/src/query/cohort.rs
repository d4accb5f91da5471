//! The cohort scope: what of the stages is done to each file, and what to the joined records.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::command::{Pipeline, VersionLines, ViewStage};
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
        if let Some(stage) = stages.first_mut() {
            stage.regions.clear();
        }
        let mut seen = HashSet::new();
        let selected = request.inputs.iter().flat_map(|i| &i.context.selection);
        let mut selection: Vec<String> = selected
            .filter(|name| seen.insert(*name))
            .cloned()
            .collect();
        let ranks: HashMap<&str, usize> = request
            .samples
            .iter()
            .map(String::as_str)
            .zip(0..)
            .collect();
        selection.sort_by_key(|name| ranks.get(name.as_str()).copied().unwrap_or(usize::MAX));
        Self {
            stages: Pipeline { stages },
            context: Context {
                selection,
                scaffolds: None,
                date: first.map_or_else(String::new, |input| input.context.date.clone()),
                notices: Arc::default(),
            },
        }
    }
}

/// The stage that takes the regions of the first stage from a file; none if there are no regions.
pub(super) fn regions_only<S>(input: &Input<'_, S>) -> Pipeline {
    let stage = input.stages.stages.first();
    let stage = stage.filter(|stage| !stage.regions.is_empty());
    Pipeline {
        stages: stage
            .map(|stage| ViewStage {
                regions: stage.regions.clone(),
                regions_overlap: stage.regions_overlap,
                version_lines: VersionLines::Omit,
                ..ViewStage::default()
            })
            .into_iter()
            .collect(),
    }
}
