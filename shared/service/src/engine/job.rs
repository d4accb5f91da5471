//! What an engine is asked.

use std::sync::Arc;

use divbase_contract::plan::{FilterScope, OutputType};
use divbase_storage::ObjectVersion;
use divbase_vcf::{command::Pipeline, merge::Rules, query::Edge, skips::Skips};
use serde::{Deserialize, Serialize};

use crate::sample_groups::SampleGroups;

/// A file to read.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// The version that is read.
    pub object: ObjectVersion,
    /// The bytes of its CSI index, if regions are read.
    pub csi: Option<Arc<[u8]>>,
    /// What its parts are like, if filters can pass over some.
    pub skips: Option<Arc<Skips>>,
    /// Its sample groups, if they are read in its place.
    pub groups: Option<Arc<SampleGroups>>,
    /// The samples to keep, in the order of the result; all if absent.
    pub samples: Option<Vec<String>>,
    /// The order in which its columns have to stand first, if it is another than they have.
    pub reorder: Option<Vec<String>>,
    /// The scaffolds that have records, in file order.
    pub scaffolds: Vec<String>,
    /// Bytes of it that will be read, about.
    pub bytes_to_read: u64,
}

impl Input {
    /// Its name, for messages.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.object.key
    }
}

/// What to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// The stages.
    pub pipeline: Pipeline,
    /// Whether they look at each input or at all of them merged.
    pub scope: FilterScope,
    /// How records of inputs are merged, and what is done where inputs contradict each other.
    pub rules: Rules,
    /// The format of the result.
    pub output: OutputType,
    /// The inputs.
    pub inputs: Vec<Input>,
    /// Inputs by index: to be concatenated within a group, then the groups merged.
    pub groups: Vec<Vec<usize>>,
    /// Whether samples are in more than one group.
    pub shares_samples: bool,
    /// Two inputs with the same samples that can have records of the same sites.
    pub overlap: Option<(usize, usize)>,
    /// The order of the result's samples, if it is another than the files give.
    pub sample_order: Option<Vec<String>>,
    /// Lines to add to the header, `##key=value`, without line breaks.
    pub header_lines: Vec<String>,
    /// The window that is answered: its records alone, without a header and without an end. All of the result if there is
    /// none. For the native engine.
    pub window: Option<Stretch>,
}

/// A part of the genome between two edges, in the order of the result.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    /// Where it begins; at the begin of the result if it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Edge>,
    /// Where it ends; at the end of the result if it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Edge>,
}

impl Stretch {
    /// The stretches between edges, in their order.
    #[must_use]
    pub fn between(edges: &[Edge]) -> Vec<Self> {
        let begins = std::iter::once(None).chain(edges.iter().cloned().map(Some));
        let ends = edges.iter().cloned().map(Some).chain([None]);
        begins
            .zip(ends)
            .map(|(from, to)| Self { from, to })
            .collect()
    }
}
