//! Stopping a query from outside, and seeing how far it is. Sources and sinks of a query are wrapped, so
//! that every request for bytes and every write looks whether the query goes on.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use bytes::Bytes;

use crate::source::Source;

/// Shared by the query and whoever watches it.
#[derive(Debug, Default)]
pub struct Watch {
    stopped: AtomicBool,
    read: AtomicU64,
}

impl Watch {
    /// Lets the query end with an error at its next chunk.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether it was stopped.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Bytes read from all inputs so far, headers not counted.
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    pub(super) fn check(&self) -> io::Result<()> {
        if self.is_stopped() {
            return Err(io::Error::other("the query was stopped"));
        }
        Ok(())
    }
}

/// A source or a sink that is watched.
pub(super) struct Watched<'w, T> {
    pub inner: T,
    pub watch: &'w Watch,
}

impl<S: Source> Source for Watched<'_, S> {
    fn len(&self) -> io::Result<u64> {
        self.inner.len()
    }

    fn read_range(&self, offset: u64, length: usize) -> io::Result<Bytes> {
        self.watch.check()?;
        let bytes = self.inner.read_range(offset, length)?;
        self.watch
            .read
            .fetch_add(bytes.len() as u64, Ordering::Relaxed);
        Ok(bytes)
    }
}

impl<W: Write> Write for Watched<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.watch.check()?;
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
