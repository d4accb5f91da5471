//! A pinned version of an object as a source of byte ranges.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::{Bytes, BytesMut};
use divbase_storage::{RangeReader, StorageError};
use divbase_tasks::{Meter, StopSignal};
use divbase_vcf::source::Source;
use tokio::runtime::Handle;
use tokio_util::task::AbortOnDropHandle;

/// How a file is going to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// From begin to end: this many bytes are asked for at a time, one request ahead of use.
    Whole {
        /// Bytes.
        ahead: u64,
    },
    /// In parts: just what is asked for.
    Parts,
}

/// The source. Fails as soon as the task should stop.
#[derive(Debug)]
pub(crate) struct ObjectSource {
    reader: Arc<RangeReader>,
    runtime: Handle,
    access: Access,
    stop: StopSignal,
    meter: Meter,
    window: Mutex<Window>,
    failure: Mutex<Option<StorageError>>,
}

type Asked = AbortOnDropHandle<Result<Bytes, StorageError>>;

/// What is there, and what is under way behind it.
#[derive(Debug, Default)]
struct Window {
    begin: u64,
    bytes: Bytes,
    next: Option<Asked>,
}

impl Window {
    fn end(&self) -> u64 {
        self.begin + self.bytes.len() as u64
    }
}

impl ObjectSource {
    /// Reads through the current runtime.
    pub(crate) fn new(reader: RangeReader, access: Access, stop: StopSignal, meter: Meter) -> Self {
        Self {
            reader: Arc::new(reader),
            runtime: Handle::current(),
            access,
            stop,
            meter,
            window: Mutex::default(),
            failure: Mutex::default(),
        }
    }

    /// Who counts the bytes.
    pub(crate) fn reader(&self) -> &Arc<RangeReader> {
        &self.reader
    }

    /// Why reading failed, if the store is the cause.
    pub(crate) fn failure(&self) -> Option<StorageError> {
        self.failure
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    fn size(&self) -> u64 {
        self.reader.object().size
    }

    fn failed(&self, error: StorageError) -> io::Error {
        let told = io::Error::other(error.to_string());
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        told
    }

    /// Waits on this thread, but not for a task that should stop.
    fn wait<T>(&self, work: impl Future<Output = Result<T, StorageError>>) -> io::Result<T> {
        self.runtime.block_on(async {
            tokio::select! {
                done = work => done.map_err(|error| self.failed(error)),
                _ = self.stop.stopped() => Err(io::Error::other("the task was stopped")),
            }
        })
    }

    fn ask(&self, begin: u64, length: u64) -> Option<Asked> {
        let length = length.min(self.size().saturating_sub(begin));
        (length > 0).then(|| {
            let reader = Arc::clone(&self.reader);
            self.meter.add_request();
            let asked = Box::pin(async move { reader.read(begin, length).await });
            AbortOnDropHandle::new(self.runtime.spawn(self.meter.clone().over(asked)))
        })
    }

    fn arrive(&self, asked: Asked) -> io::Result<Bytes> {
        self.wait(async {
            asked
                .await
                .unwrap_or_else(|error| Err(StorageError::Unavailable(error.into())))
        })
    }

    /// Reads on from the window, which moves forwards; a jump begins it anew.
    fn read_on(&self, offset: u64, length: u64, ahead: u64) -> io::Result<Bytes> {
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        if offset < window.begin || offset > window.end() {
            *window = Window {
                begin: offset,
                ..Window::default()
            };
        }
        let mut read = BytesMut::new();
        loop {
            let from = offset + read.len() as u64;
            let left = length - read.len() as u64;
            if from < window.end() {
                let start = (from - window.begin) as usize;
                let end = window.bytes.len().min(start + left as usize);
                let part = window.bytes.slice(start..end);
                if part.len() as u64 == length {
                    return Ok(part);
                }
                read.extend_from_slice(&part);
            }
            if read.len() as u64 == length {
                return Ok(read.freeze());
            }
            let begin = window.end();
            // The first request is no longer than what is asked for: it may be all that is.
            let size = if window.bytes.is_empty() { left } else { ahead };
            let Some(asked) = window.next.take().or_else(|| self.ask(begin, size)) else {
                return Ok(read.freeze());
            };
            let bytes = self.arrive(asked)?;
            let end = begin + bytes.len() as u64;
            *window = Window {
                begin,
                bytes,
                next: (begin > 0).then(|| self.ask(end, ahead)).flatten(),
            };
        }
    }
}

impl Source for ObjectSource {
    fn len(&self) -> io::Result<u64> {
        Ok(self.size())
    }

    fn read_range(&self, offset: u64, length: usize) -> io::Result<Bytes> {
        if self.stop.reason().is_some() {
            return Err(io::Error::other("the task was stopped"));
        }
        let length = (length as u64).min(self.size().saturating_sub(offset));
        match self.access {
            _ if length == 0 => Ok(Bytes::new()),
            Access::Whole { ahead } => self.read_on(offset, length, ahead),
            Access::Parts => {
                self.meter.add_request();
                self.wait(self.reader.read(offset, length))
            }
        }
    }
}
