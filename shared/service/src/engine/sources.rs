//! Where the inputs of a job are read: in their files, and in sample groups.

use std::sync::Arc;

use divbase_storage::{RangeReader, StorageError};

use super::{Job, Work};
use crate::object::ObjectSource;

/// The objects of a job.
pub(super) struct Sources {
    pub(super) files: Vec<ObjectSource>,
    /// Of the inputs that are read by them.
    pub(super) groups: Vec<Option<Arc<ObjectSource>>>,
}

impl Sources {
    pub(super) fn of(job: &Job, work: &Work) -> Self {
        let inputs = job.inputs.iter();
        Self {
            files: inputs
                .clone()
                .map(|input| work.source(input, job.inputs.len()))
                .collect(),
            groups: inputs
                .map(|input| work.groups(input).map(Arc::new))
                .collect(),
        }
    }

    /// Who counts the bytes.
    pub(super) fn readers(&self) -> Vec<Arc<RangeReader>> {
        let groups = self.groups.iter().flatten().map(|source| &**source);
        let sources = self.files.iter().chain(groups);
        sources.map(|source| Arc::clone(source.reader())).collect()
    }

    /// Why a file could not be read, if the store is the cause. What is missing of its groups is read in the file.
    pub(super) fn failure(&self) -> Option<StorageError> {
        self.files.iter().find_map(ObjectSource::failure)
    }
}
