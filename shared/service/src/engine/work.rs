//! Where an engine reads and writes: the store, a folder for what bcftools needs on disk, and the task's signals.

use std::path::PathBuf;

use divbase_storage::{RangeReader, Store, StreamingUpload};
use divbase_tasks::{Meter, StopSignal};

use super::Input;
use crate::object::{Access, ObjectSource, ObjectWriter};

/// Bytes that are asked for ahead of use, over all inputs.
const AHEAD: u64 = 16 << 20;

/// Bytes of one request.
const LARGEST_REQUEST: u64 = 4 << 20;

/// Smaller requests take too many.
const SMALLEST_REQUEST: u64 = 512 << 10;

/// The surroundings of one query.
pub struct Work {
    /// The store.
    pub store: Store,
    /// The bucket of the result.
    pub bucket: String,
    /// The key of the result.
    pub result_key: String,
    /// Where an engine may make folders of its own.
    pub work_dir: PathBuf,
    /// Whether to stop.
    pub stop: StopSignal,
    /// What the query costs.
    pub meter: Meter,
    /// Told what part of the work is done, 0 to 1.
    pub done: Box<dyn Fn(f64) + Send + Sync>,
}

impl Work {
    /// An input as a source; `inputs` are read at the same time.
    pub(super) fn source(&self, input: &Input, inputs: usize) -> ObjectSource {
        let reader = RangeReader::new(self.store.clone(), input.object.clone());
        let access = if input.csi.is_some() || input.skips.is_some() || input.groups.is_some() {
            Access::Parts
        } else {
            let ahead = (AHEAD / (inputs as u64).max(1)).clamp(SMALLEST_REQUEST, LARGEST_REQUEST);
            Access::Whole { ahead }
        };
        ObjectSource::new(reader, access, self.stop.clone(), self.meter.clone())
    }

    /// The sample groups of an input as a source, if they are read.
    pub(super) fn groups(&self, input: &Input) -> Option<ObjectSource> {
        let object = input.groups.as_ref()?.object.clone();
        let reader = RangeReader::new(self.store.clone(), object);
        let (stop, meter) = (self.stop.clone(), self.meter.clone());
        Some(ObjectSource::new(reader, Access::Parts, stop, meter))
    }

    /// The result, to be written.
    pub(super) fn upload(&self) -> StreamingUpload {
        StreamingUpload::new(self.store.clone(), &self.bucket, &self.result_key)
    }

    /// The result as a sink for a thread that may block.
    pub(super) fn result(&self) -> ObjectWriter {
        ObjectWriter::new(self.upload(), self.stop.clone())
    }
}
