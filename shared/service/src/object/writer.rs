//! A new object as a sink.

use std::io::{self, Write};

use divbase_storage::{StorageError, Streamed, StreamingUpload};
use divbase_tasks::StopSignal;
use tokio::runtime::Handle;

/// The sink. Fails as soon as the task should stop. Nothing is visible before [`ObjectWriter::finish`].
#[derive(Debug)]
pub(crate) struct ObjectWriter {
    upload: StreamingUpload,
    runtime: Handle,
    stop: StopSignal,
    failure: Option<StorageError>,
}

impl ObjectWriter {
    /// Writes through the current runtime.
    pub(crate) fn new(upload: StreamingUpload, stop: StopSignal) -> Self {
        Self {
            upload,
            runtime: Handle::current(),
            stop,
            failure: None,
        }
    }

    /// Why writing failed, if the store is the cause.
    pub(crate) fn failure(&mut self) -> Option<StorageError> {
        self.failure.take()
    }

    /// Makes the object visible.
    ///
    /// # Errors
    /// If the store fails; nothing is left then.
    pub(crate) fn finish(self) -> Result<Streamed, StorageError> {
        self.runtime.block_on(self.upload.finish())
    }

    /// Takes back what was written.
    pub(crate) fn abort(self) {
        self.runtime.block_on(self.upload.abort());
    }
}

impl Write for ObjectWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.stop.reason().is_some() {
            return Err(io::Error::other("the task was stopped"));
        }
        match self.runtime.block_on(self.upload.write(bytes)) {
            Ok(()) => Ok(bytes.len()),
            Err(error) => {
                let told = io::Error::other(error.to_string());
                self.failure = Some(error);
                Err(told)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
