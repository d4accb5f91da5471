//! Where bytes come from: anything that serves ranges of an immutable object. Synchronous; an
//! asynchronous store is wrapped by its owner. Must not know formats.

mod file;
mod lent;
mod memory;

use std::io;
use std::ops::Deref;

use bytes::{Bytes, BytesMut};

pub use file::FileSource;
pub use lent::Lent;
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

    /// Bytes that were read before, and behind them those from `offset` on as by [`Self::read_range`]. They may come in a
    /// buffer out of `lent`.
    ///
    /// # Errors
    /// If the store does not answer.
    fn read_behind(
        &self,
        read: Bytes,
        offset: u64,
        length: usize,
        _lent: &mut Lent,
    ) -> io::Result<Bytes> {
        let more = self.read_range(offset, length)?;
        if read.is_empty() {
            return Ok(more);
        }
        let mut all = BytesMut::with_capacity(read.len() + more.len());
        all.extend_from_slice(&read);
        all.extend_from_slice(&more);
        Ok(all.freeze())
    }

    /// Whether reading takes about as long as copying: it is then done when the bytes are wanted, a little at a time, so that
    /// they are near when they are looked at. Other sources are asked for more, by a thread of its own.
    fn is_near(&self) -> bool {
        false
    }

    /// Whether there are no bytes.
    ///
    /// # Errors
    /// If the store does not answer.
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }
}

/// Whatever points at a source is one.
impl<P> Source for P
where
    P: Deref<Target: Source> + Send + Sync,
{
    fn len(&self) -> io::Result<u64> {
        (**self).len()
    }

    fn read_range(&self, offset: u64, length: usize) -> io::Result<Bytes> {
        (**self).read_range(offset, length)
    }

    fn read_behind(
        &self,
        read: Bytes,
        offset: u64,
        length: usize,
        lent: &mut Lent,
    ) -> io::Result<Bytes> {
        (**self).read_behind(read, offset, length, lent)
    }

    fn is_near(&self) -> bool {
        (**self).is_near()
    }
}
