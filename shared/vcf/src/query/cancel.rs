//! Ending a request from outside. Sources and sinks are wrapped, so that every fetch and every write looks whether
//! the request goes on.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;

use crate::source::{Lent, Source};

/// Shared by a request and whoever may end it.
#[derive(Debug, Default)]
pub struct Cancel {
    cancelled: AtomicBool,
}

impl Cancel {
    /// Lets the request end with an I/O error at its next fetch or write.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether it was cancelled.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    pub(super) fn check(&self) -> io::Result<()> {
        if self.is_cancelled() {
            return Err(io::Error::other("the request was cancelled"));
        }
        Ok(())
    }
}

/// A source or a sink that looks whether the request goes on.
pub(super) struct Cancellable<'c, T> {
    pub inner: T,
    pub cancel: &'c Cancel,
}

impl<S: Source> Source for Cancellable<'_, S> {
    fn len(&self) -> io::Result<u64> {
        self.inner.len()
    }

    fn read_range(&self, offset: u64, length: usize) -> io::Result<Bytes> {
        self.cancel.check()?;
        self.inner.read_range(offset, length)
    }

    fn read_behind(
        &self,
        read: Bytes,
        offset: u64,
        length: usize,
        lent: &mut Lent,
    ) -> io::Result<Bytes> {
        self.cancel.check()?;
        self.inner.read_behind(read, offset, length, lent)
    }

    fn is_near(&self) -> bool {
        self.inner.is_near()
    }
}

impl<W: Write> Write for Cancellable<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.cancel.check()?;
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
