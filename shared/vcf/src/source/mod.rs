//! Where bytes come from: anything that serves ranges of an immutable object. Synchronous; an
//! asynchronous store is wrapped by its owner. Must not know formats.

mod file;
mod memory;

use std::io;

use bytes::Bytes;

pub use file::FileSource;
pub use memory::MemorySource;

/// An immutable sequence of bytes that can be read in ranges, from several threads.
pub trait Source: Send + Sync {
    /// Its length in bytes.
    ///
    /// # Errors
    /// If the store does not answer.
    fn len(&self) -> io::Result<u64>;

    /// The bytes from `offset` (0-based) on, `length` of them or fewer if the source ends before.
    ///
    /// # Errors
    /// If the store does not answer.
    fn read_range(&self, offset: u64, length: usize) -> io::Result<Bytes>;

    /// Whether there are no bytes.
    ///
    /// # Errors
    /// If the store does not answer.
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }
}

impl<S: Source + ?Sized> Source for &S {
    fn len(&self) -> io::Result<u64> {
        (**self).len()
    }

    fn read_range(&self, offset: u64, length: usize) -> io::Result<Bytes> {
        (**self).read_range(offset, length)
    }
}

impl<S: Source + ?Sized> Source for std::sync::Arc<S> {
    fn len(&self) -> io::Result<u64> {
        (**self).len()
    }

    fn read_range(&self, offset: u64, length: usize) -> io::Result<Bytes> {
        (**self).read_range(offset, length)
    }
}
