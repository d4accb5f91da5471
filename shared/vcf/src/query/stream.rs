//! One input of a query on several files: its records, passed through the stages, batch by batch. Does
//! not look at other inputs.

use crate::error::Error;
use crate::pipeline::feed::{Feed, Joined, Piece};
use crate::pipeline::job::{Output, Worker};
use crate::reader::line_too_long;
use crate::source::Source;

use super::arrange::Arrangement;

/// An input that is being read. It is handed to whichever thread is free.
pub(super) struct Stream<'v, S> {
    name: &'v str,
    feed: Feed<'v, S>,
    worker: Worker<'v>,
    arrangement: Option<Arrangement>,
    /// The beginning of a line whose end is not yet there.
    carried: Vec<u8>,
    segment: usize,
    lines: u64,
}

/// Printed records of one input, whole lines.
#[derive(Default)]
pub(super) struct Batch {
    pub text: Vec<u8>,
    pub read: u64,
    pub more: More,
}

/// Whether records can follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum More {
    #[default]
    Yes,
    No,
}

impl<'v, S: Source> Stream<'v, S> {
    pub(super) fn new(
        name: &'v str,
        feed: Feed<'v, S>,
        worker: Worker<'v>,
        arrangement: Option<Arrangement>,
        header_lines: u64,
    ) -> Self {
        Self {
            name,
            feed,
            worker,
            arrangement,
            carried: Vec::new(),
            segment: 0,
            lines: header_lines,
        }
    }

    /// Reads on until there are records, or the end.
    pub(super) fn advance(&mut self) -> Result<Batch, Error> {
        let mut batch = Batch::default();
        while batch.text.is_empty() && batch.more == More::Yes {
            self.step(&mut batch)
                .map_err(|error| error.in_file(self.name))?;
        }
        Ok(batch)
    }

    fn step(&mut self, batch: &mut Batch) -> Result<(), Error> {
        let Some(piece) = self.feed.next() else {
            batch.more = More::No;
            return self.carried_line(batch);
        };
        let Piece {
            segment,
            joined,
            chunk,
        } = piece?;
        if joined == Joined::No {
            self.carried_line(batch)?;
        }
        self.segment = segment;
        // The carried line ends in this chunk and comes before its others.
        let lines = self.lines + 1;
        let chunk = self
            .worker
            .chunk(segment, &chunk, Vec::new())
            .map_err(|error| error.after_lines(lines))?;
        self.carried.extend_from_slice(&chunk.head);
        if self.carried.len() > crate::reader::MAX_LINE {
            return Err(line_too_long());
        }
        if !chunk.has_line_end {
            return Ok(());
        }
        self.carried_line(batch)?;
        let mut output = chunk.output;
        self.worker
            .lines(segment, &chunk.body, &mut output)
            .map_err(|error| error.after_lines(self.lines))?;
        self.take(output, batch);
        self.carried = chunk.tail;
        Ok(())
    }

    fn carried_line(&mut self, batch: &mut Batch) -> Result<(), Error> {
        if self.carried.is_empty() {
            return Ok(());
        }
        let line = std::mem::take(&mut self.carried);
        let mut output = Output::default();
        self.worker
            .line(self.segment, &line, &mut output)
            .map_err(|error| error.after_lines(self.lines))?;
        self.take(output, batch);
        Ok(())
    }

    fn take(&mut self, output: Output, batch: &mut Batch) {
        self.lines += output.read;
        batch.read += output.read;
        if let Some(arrangement) = &self.arrangement {
            arrangement.apply(&output.text, &mut batch.text);
        } else if batch.text.is_empty() {
            batch.text = output.text;
        } else {
            batch.text.extend_from_slice(&output.text);
        }
    }
}
