//! Reading ahead on a thread of its own, so that nothing else waits for the source. Knows nothing of VCF.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// What was read and is not taken yet: at most a fixed number. Once there are so many, reading goes on when half are taken, so
/// that the thread is not woken for each.
pub(crate) struct Ahead<T> {
    room: usize,
    state: Mutex<State<T>>,
    changed: Condvar,
}

struct State<T> {
    items: VecDeque<T>,
    has_ended: bool,
    is_abandoned: bool,
}

/// The side that reads. Dropped, it says that nothing more will come.
pub(crate) struct Writer<'a, T>(&'a Ahead<T>);

/// The side that takes, in the order of reading. Dropped, it ends the reading.
pub(crate) struct Reader<'a, T>(&'a Ahead<T>);

impl<T> Ahead<T> {
    pub(crate) fn new(room: usize) -> Self {
        Self {
            room,
            state: Mutex::new(State {
                items: VecDeque::with_capacity(room),
                has_ended: false,
                is_abandoned: false,
            }),
            changed: Condvar::new(),
        }
    }

    /// Its two sides; each is to be made once.
    pub(crate) fn sides(&self) -> (Writer<'_, T>, Reader<'_, T>) {
        (Writer(self), Reader(self))
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'g>(&'g self, state: MutexGuard<'g, State<T>>) -> MutexGuard<'g, State<T>> {
        self.changed
            .wait(state)
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the other side if it waits. They never both do.
    fn wake(&self, state: MutexGuard<'_, State<T>>) {
        drop(state);
        self.changed.notify_one();
    }
}

impl<T> Writer<'_, T> {
    /// Adds all of `items`, waiting for room, until whoever takes them has gone.
    pub(crate) fn fill(self, items: impl Iterator<Item = T>) {
        for item in items {
            let mut state = self.0.state();
            if state.items.len() >= self.0.room {
                while state.items.len() > self.0.room / 2 && !state.is_abandoned {
                    state = self.0.wait(state);
                }
            }
            if state.is_abandoned {
                return;
            }
            state.items.push_back(item);
            self.0.wake(state);
        }
    }
}

impl<T> Drop for Writer<'_, T> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.has_ended = true;
        self.0.wake(state);
    }
}

impl<T> Iterator for Reader<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        let mut state = self.0.state();
        loop {
            if let Some(item) = state.items.pop_front() {
                if state.items.len() <= self.0.room / 2 {
                    self.0.wake(state);
                }
                return Some(item);
            }
            if state.has_ended {
                return None;
            }
            state = self.0.wait(state);
        }
    }
}

impl<T> Drop for Reader<'_, T> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.is_abandoned = true;
        self.0.wake(state);
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn all_comes_in_order_whatever_the_room() {
        for room in 1..6 {
            let ahead = Ahead::new(room);
            let (writer, reader) = ahead.sides();
            thread::scope(|scope| {
                scope.spawn(|| writer.fill(0..10_000));
                assert!(reader.eq(0..10_000), "room for {room}");
            });
        }
    }

    #[test]
    fn no_more_than_there_is_room_for_is_read() {
        let ahead = Ahead::new(4);
        let (writer, mut reader) = ahead.sides();
        let read = Mutex::new(0);
        thread::scope(|scope| {
            scope.spawn(|| writer.fill((0..100).inspect(|_| *read.lock().unwrap() += 1)));
            for taken in 0..100 {
                assert_eq!(reader.next(), Some(taken));
                // Those taken, those that wait, and the one in hand.
                assert!(*read.lock().unwrap() <= taken + 1 + 4 + 1);
            }
        });
    }

    #[test]
    fn reading_ends_when_nobody_takes_any_more() {
        let ahead = Ahead::new(2);
        let (writer, mut reader) = ahead.sides();
        thread::scope(|scope| {
            let reading = scope.spawn(|| writer.fill(0..));
            assert_eq!(reader.next(), Some(0));
            drop(reader);
            reading.join().unwrap();
        });
    }

    #[test]
    fn taking_ends_when_reading_panics() {
        let ahead = Ahead::new(2);
        let (writer, mut reader) = ahead.sides();
        thread::scope(|scope| {
            let reading = scope.spawn(|| writer.fill((0..3).inspect(|n| assert!(*n < 2))));
            while reader.next().is_some() {}
            assert!(reading.join().is_err());
        });
    }
}
