//! Buffers that are lent out as bytes, and used again once nobody reads them any more: memory that was written before is near, and
//! the system need not clear it.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;

/// Most buffers that are looked through for one to be used again.
const SPARE: usize = 8;

/// Buffers that were lent.
#[derive(Debug, Default)]
pub struct Lent {
    buffers: VecDeque<Arc<Vec<u8>>>,
}

struct Shared(Arc<Vec<u8>>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Lent {
    /// A buffer to write into, with the bytes that it had when it was lent; an empty one if all are read still. Of several it is
    /// that which was lent last, for it is nearest.
    #[must_use]
    pub fn take(&mut self) -> Vec<u8> {
        let is_free = |buffer: &Arc<Vec<u8>>| Arc::strong_count(buffer) == 1;
        let free = self.buffers.iter().rposition(is_free);
        let free = free.and_then(|place| self.buffers.remove(place));
        free.and_then(Arc::into_inner).unwrap_or_default()
    }

    /// Gives a buffer to readers.
    pub fn lend(&mut self, buffer: Vec<u8>) -> Bytes {
        let buffer = Arc::new(buffer);
        if self.buffers.len() == SPARE {
            self.buffers.pop_front();
        }
        self.buffers.push_back(Arc::clone(&buffer));
        Bytes::from_owner(Shared(buffer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_comes_back_when_its_last_reader_is_gone() {
        let mut lent = Lent::default();
        assert!(lent.take().is_empty());
        let one = lent.lend(vec![1; 10]);
        let part = one.slice(2..4);
        drop(one);
        assert!(lent.take().is_empty());
        assert_eq!(part, [1, 1][..]);
        drop(part);
        assert_eq!(lent.take(), [1; 10]);
        assert!(lent.take().is_empty());
    }

    #[test]
    fn buffers_that_are_read_for_long_are_left_to_their_readers() {
        let mut lent = Lent::default();
        let read: Vec<Bytes> = (0..=SPARE as u8).map(|n| lent.lend(vec![n])).collect();
        assert_eq!(lent.buffers.len(), SPARE);
        assert_eq!(read[0], [0][..]);
        drop(read);
        assert_eq!(lent.take(), [SPARE as u8]);
        assert_eq!(lent.take(), [SPARE as u8 - 1]);
    }
}
