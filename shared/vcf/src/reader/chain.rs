//! Where one chunk of BCF leaves off and the next goes on. Nothing in a record tells where it begins: that is known once the
//! record before it has been found. So chunks are inflated side by side, and cut between records one after another.

use std::ops::RangeInclusive;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use crate::bgzf::VirtualOffset;
use crate::error::{Error, ErrorKind};
use crate::source::Lent;

/// Room that is left in front of inflated bytes for the record that goes on there: at least so much, and up to so much if
/// records are that long.
const LEAD: RangeInclusive<usize> = 64 * 1024..=1 << 20;

/// The beginning of a record whose end is not there yet.
#[derive(Debug, Default)]
pub(super) struct Carried {
    pub(super) bytes: Vec<u8>,
    /// Where it is in the file.
    pub(super) offset: VirtualOffset,
}

/// What the chunks of a span hand on from each to the next.
#[derive(Debug, Default)]
pub(super) struct Chain {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// The chunk whose turn it is.
    next: u64,
    /// A chunk behind which none has a turn.
    broken: Option<u64>,
    carried: Carried,
    /// Buffers that chunks were inflated into.
    lent: Lent,
    /// The longest beginning of a record so far.
    longest: usize,
}

/// The part that one chunk has in the chain. Dropped before it has handed anything on, it breaks the chain.
pub(super) struct Turn<'c> {
    chain: &'c Chain,
    number: u64,
}

impl Chain {
    /// Takes part as the chunk of this number, from 0. Those before must take part as well, and not wait for this one.
    pub(super) fn enter(&self, number: u64) -> Turn<'_> {
        Turn {
            chain: self,
            number,
        }
    }

    /// A buffer to inflate into, and where in it to begin.
    pub(super) fn room(&self) -> (Vec<u8>, usize) {
        let mut state = self.state();
        let lead = state.longest.clamp(*LEAD.start(), *LEAD.end());
        (state.lent.take(), lead)
    }

    /// Gives a buffer to readers.
    pub(super) fn lend(&self, buffer: Vec<u8>) -> Bytes {
        self.state().lent.lend(buffer)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn<'_> {
    /// Waits until the chunks before have handed on, and takes what they left over.
    ///
    /// # Errors
    /// If one of them broke the chain; what was wrong with it is told where it is.
    pub(super) fn wait(&self) -> Result<Carried, Error> {
        let mut state = self.chain.state();
        while state.next != self.number {
            if state.broken.is_some_and(|broken| broken < self.number) {
                let reason = "bytes before it could not be read".to_owned();
                return Err(ErrorKind::Truncated(reason).into());
            }
            state = self
                .chain
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        Ok(std::mem::take(&mut state.carried))
    }

    /// Hands on to the next.
    pub(super) fn pass(self, carried: Carried) {
        let mut state = self.chain.state();
        state.longest = state.longest.max(carried.bytes.len());
        state.carried = carried;
        state.next = self.number + 1;
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut state = self.chain.state();
        if state.next <= self.number {
            let first = state.broken.unwrap_or(self.number);
            state.broken = Some(first.min(self.number));
        }
        drop(state);
        self.chain.changed.notify_all();
    }
}
