//! Lines out of processed chunks, which come in order: also those that lie across chunks. The one place where
//! a line is carried from chunk to chunk.

use crate::error::Error;
use crate::limits::LINE_MAX_BYTES;
use crate::reader::line_too_long;

use super::feed::{Joined, Piece};
use super::job::{Processed, Worker};
use super::printed::Output;

pub(crate) struct Assembler<'v> {
    worker: Worker<'v>,
    /// The beginning of a line whose end is not yet there.
    carried: Vec<u8>,
    segment: usize,
    /// Lines so far, those of the header included.
    lines: u64,
}

impl<'v> Assembler<'v> {
    pub(crate) fn new(worker: Worker<'v>, header_lines: u64) -> Self {
        Self {
            worker,
            carried: Vec::new(),
            segment: 0,
            lines: header_lines,
        }
    }

    /// Takes the next chunk, processed elsewhere; what its lines became, in order. Of several lines with faults the first
    /// is told.
    pub(crate) fn chunk(
        &mut self,
        segment: usize,
        joined: Joined,
        chunk: Result<Processed, Error>,
    ) -> Result<Vec<Output>, Error> {
        let mut outputs = Vec::with_capacity(3);
        if joined != Joined::Yes {
            outputs.extend(self.end()?);
        }
        self.segment = segment;
        // The carried line ends in this chunk and comes before its others, which are counted from there.
        let before = self.lines + u64::from(joined != Joined::Whole);
        let chunk = chunk.map_err(|error| error.after_lines(before))?;
        self.carried.extend_from_slice(&chunk.head);
        if self.carried.len() > LINE_MAX_BYTES {
            return Err(line_too_long());
        }
        if !chunk.has_line_end {
            return Ok(outputs);
        }
        if !chunk.is_whole {
            outputs.push(self.carried_line()?);
        }
        if let Some(fault) = chunk.fault {
            return Err(fault.after_lines(self.lines));
        }
        let mut output = chunk.output;
        if !chunk.body.is_empty() {
            self.worker
                .lines(segment, &chunk.body, &mut output)
                .map_err(|error| error.after_lines(self.lines))?;
        }
        self.lines += output.read;
        outputs.push(output);
        self.carried = chunk.tail;
        Ok(outputs)
    }

    /// Processes the next chunk and takes it.
    pub(crate) fn piece(&mut self, piece: Piece) -> Result<Vec<Output>, Error> {
        let Piece {
            segment,
            joined,
            chunk,
        } = piece;
        let chunk = self.worker.chunk(segment, &chunk, Vec::new());
        self.chunk(segment, joined, chunk)
    }

    /// Nothing follows that could end the carried line: what it became.
    pub(crate) fn end(&mut self) -> Result<Option<Output>, Error> {
        if self.carried.is_empty() {
            return Ok(None);
        }
        self.carried_line().map(Some)
    }

    fn carried_line(&mut self) -> Result<Output, Error> {
        let line = std::mem::take(&mut self.carried);
        let mut output = Output::default();
        self.worker
            .line(self.segment, &line, &mut output)
            .map_err(|error| error.after_lines(self.lines))?;
        self.lines += output.read;
        Ok(output)
    }
}
