//! What is read only once: pipes, terminals, standard input. Keeps what may be asked for again, which is little once
//! the header is read.

use std::io::{self, Read};
use std::sync::{Mutex, PoisonError};

use bytes::{Bytes, BytesMut};
use divbase_vcf::source::Source;

/// A source whose bytes come in order.
pub(super) struct StreamSource(Mutex<State>);

struct State {
    reader: Box<dyn Read + Send>,
    /// The bytes that can be asked for, from `start` on.
    kept: BytesMut,
    start: u64,
    end: End,
    direction: Direction,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Open,
    Reached,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Any,
    Forward,
}

/// Bytes read at a time; a pipe has no more.
const PIECE: usize = 64 * 1024;

/// To judge what a stream is takes so many bytes, even if they come one by one.
const LEAST: usize = 64;

impl StreamSource {
    pub(super) fn new(reader: impl Read + Send + 'static) -> Self {
        Self(Mutex::new(State {
            reader: Box::new(reader),
            kept: BytesMut::new(),
            start: 0,
            end: End::Open,
            direction: Direction::Any,
        }))
    }

    pub(super) fn go_forward(&self) {
        self.lock().direction = Direction::Forward;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Reads on; says whether there was something.
    fn read_on(&mut self) -> io::Result<()> {
        let before = self.kept.len();
        self.kept.resize(before + PIECE, 0);
        let read = loop {
            match self.reader.read(&mut self.kept[before..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        self.kept.truncate(before + *read.as_ref().unwrap_or(&0));
        if read? == 0 {
            self.end = End::Reached;
        }
        Ok(())
    }
}

impl Source for StreamSource {
    /// Not known before the end: larger than anything.
    fn len(&self) -> io::Result<u64> {
        Ok(u64::MAX)
    }

    /// Answers with what there is as soon as there is something.
    fn read_range(&self, offset: u64, length: usize) -> io::Result<Bytes> {
        let mut state = self.lock();
        let Some(skipped) = offset.checked_sub(state.start) else {
            return Err(io::Error::other("it is read once and cannot go back"));
        };
        if state.direction == Direction::Forward {
            let passed = usize::try_from(skipped).unwrap_or(usize::MAX);
            let passed = passed.min(state.kept.len());
            let _ = state.kept.split_to(passed);
            state.start += passed as u64;
        }
        loop {
            let at = usize::try_from(offset - state.start).unwrap_or(usize::MAX);
            let ready = state.kept.len().saturating_sub(at);
            if ready >= length.min(LEAST) || state.end == End::Reached {
                let end = at.saturating_add(ready.min(length));
                let bytes = state.kept.get(at..end).unwrap_or_default();
                return Ok(Bytes::copy_from_slice(bytes));
            }
            state.read_on()?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time.
    struct Slow(u64);

    impl Read for Slow {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.0 == 0 || buffer.is_empty() {
                return Ok(0);
            }
            self.0 -= 1;
            buffer[0] = (self.0 % 251) as u8;
            Ok(1)
        }
    }

    #[test]
    fn keeps_no_more_than_what_is_asked_for() {
        let stream = StreamSource::new(Slow(200_000));
        let first = stream.read_range(0, 1_000).unwrap();
        assert!(first.len() >= LEAST);
        assert_eq!(stream.read_range(0, 10).unwrap(), first[..10]);
        stream.go_forward();
        let mut offset = 0;
        loop {
            let bytes = stream.read_range(offset, 4_096).unwrap();
            if bytes.is_empty() {
                break;
            }
            offset += bytes.len() as u64;
            assert!(stream.lock().kept.len() <= PIECE);
        }
        assert_eq!(offset, 200_000);
        assert!(stream.read_range(0, 1).is_err());
    }
}
