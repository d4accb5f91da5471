//! Puts what the threads did back in order, joins the lines that lie across chunks, and cuts the text
//! into blocks.

use std::collections::{BTreeMap, VecDeque};
use std::io::Write;

use crate::bgzf::{PAYLOAD, block_end};
use crate::error::Error;
use crate::reader::{MAX_LINE, line_too_long};

use super::job::{Deflated, Output, Processed, Worker};
use super::output::Sink;
use super::{Encoding, Summary};

/// Blocks deflated in one job.
const BLOCKS: usize = 8;
/// So much text holds the whole of [`BLOCKS`] blocks.
const GROUP: usize = BLOCKS * PAYLOAD;

pub(crate) struct Delivery<'v, W> {
    worker: Worker<'v>,
    encoding: Encoding,
    sink: Sink<W>,
    /// The beginning of a line whose end is not yet there.
    carried: Vec<u8>,
    /// Printed text not yet deflated.
    text: Vec<u8>,
    groups: VecDeque<Group>,
    spare: Vec<Vec<u8>>,
    deflated: BTreeMap<u64, Deflated>,
    next_deflated: u64,
    lines: u64,
    written: u64,
}

impl<'v, W: Write> Delivery<'v, W> {
    pub(crate) fn new(
        worker: Worker<'v>,
        encoding: Encoding,
        sink: Sink<W>,
        header_lines: u64,
    ) -> Self {
        Self {
            worker,
            encoding,
            sink,
            carried: Vec::new(),
            text: Vec::new(),
            groups: VecDeque::new(),
            spare: Vec::new(),
            deflated: BTreeMap::new(),
            next_deflated: 0,
            lines: header_lines,
            written: 0,
        }
    }

    /// The header, in blocks of its own.
    pub(crate) fn header(&mut self, text: &[u8]) -> Result<(), Error> {
        match self.encoding {
            Encoding::Text => self.sink.write(text),
            Encoding::Bgzip(_) => {
                let blocks = self.worker.deflate(text);
                self.sink.write(&blocks.bytes)
            }
        }
    }

    /// Takes the next chunk in order.
    pub(crate) fn chunk(&mut self, segment: usize, chunk: Processed) -> Result<(), Error> {
        self.carried.extend_from_slice(&chunk.head);
        if self.carried.len() > MAX_LINE {
            return Err(line_too_long());
        }
        if !chunk.has_line_end {
            return Ok(());
        }
        self.carried_line(segment)?;
        if chunk.body.is_empty() {
            self.output(chunk.output)?;
        } else {
            let mut output = Output {
                text: self.spare(),
                ..Output::default()
            };
            self.worker
                .lines(segment, &chunk.body, &mut output)
                .map_err(|error| error.after_lines(self.lines))?;
            self.output(output)?;
        }
        self.carried = chunk.tail;
        Ok(())
    }

    /// Nothing follows that could end a line.
    pub(crate) fn span_ends(&mut self, segment: usize) -> Result<(), Error> {
        if self.carried.is_empty() {
            return Ok(());
        }
        self.carried_line(segment)
    }

    fn carried_line(&mut self, segment: usize) -> Result<(), Error> {
        let line = std::mem::take(&mut self.carried);
        let mut output = Output {
            text: self.spare(),
            ..Output::default()
        };
        self.worker
            .line(segment, &line, &mut output)
            .map_err(|error| error.after_lines(self.lines))?;
        self.output(output)
    }

    pub(crate) fn output(&mut self, output: Output) -> Result<(), Error> {
        self.lines += output.read;
        self.written += output.written;
        match self.encoding {
            Encoding::Text => self.sink.write(&output.text)?,
            Encoding::Bgzip(_) => {
                self.sink.announce(output.marks);
                let mut done = 0;
                for reused in output.reused {
                    self.text.extend_from_slice(&output.text[done..reused.at]);
                    done = reused.at + reused.length;
                    self.cut(Last::Yes);
                    self.groups.push_back(Group::Blocks(reused.blocks));
                }
                self.text.extend_from_slice(&output.text[done..]);
                self.cut(Last::No);
            }
        }
        let mut buffer = output.text;
        buffer.clear();
        self.spare.push(buffer);
        Ok(())
    }

    /// An empty buffer, used before if there is one.
    pub(crate) fn spare(&mut self) -> Vec<u8> {
        self.spare.pop().unwrap_or_default()
    }

    /// Lines read so far, for errors of the next chunk.
    pub(crate) fn lines(&self) -> u64 {
        // The carried line ends in the next chunk and comes before its others.
        self.lines + 1
    }

    /// What is to be deflated or written next.
    pub(crate) fn group(&mut self) -> Option<Group> {
        self.groups.pop_front()
    }

    /// Cuts off text for deflate jobs, as long as there is enough for one; `last` takes all.
    pub(crate) fn cut(&mut self, last: Last) {
        while self.text.len() >= GROUP {
            let end = (0..BLOCKS).fold(0, |end, _| end + block_end(&self.text[end..]));
            let rest = self.text.split_off(end);
            let text = std::mem::replace(&mut self.text, rest);
            self.groups.push_back(Group::Text(text));
        }
        if last == Last::Yes && !self.text.is_empty() {
            self.groups
                .push_back(Group::Text(std::mem::take(&mut self.text)));
        }
    }

    /// Takes blocks in any order; writes them in order.
    pub(crate) fn blocks(&mut self, number: u64, blocks: Deflated) -> Result<(), Error> {
        self.deflated.insert(number, blocks);
        while let Some(blocks) = self.deflated.remove(&self.next_deflated) {
            self.sink.write_blocks(&blocks)?;
            self.next_deflated += 1;
        }
        Ok(())
    }

    pub(crate) fn finish(mut self, header_lines: u64) -> Result<Summary, Error> {
        let csi = match self.encoding {
            Encoding::Text => None,
            Encoding::Bgzip(_) => self.sink.finish_blocks()?,
        };
        self.sink.flush()?;
        Ok(Summary {
            read: self.lines - header_lines,
            written: self.written,
            bytes: self.sink.bytes(),
            csi,
        })
    }
}

/// Whether text follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Last {
    Yes,
    No,
}

/// The next piece of the result.
pub(crate) enum Group {
    /// To be deflated.
    Text(Vec<u8>),
    /// To be written as it is.
    Blocks(Deflated),
}
