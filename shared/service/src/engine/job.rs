//! What an engine is asked.

use std::sync::Arc;

use divbase_contract::plan::{FilterScope, OutputType};
use divbase_storage::ObjectVersion;
use divbase_vcf::{command::Pipeline, merge::Rules};

/// A file to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The version that is read.
    pub object: ObjectVersion,
    /// The bytes of its CSI index, if regions are read.
    pub csi: Option<Arc<[u8]>>,
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
}
