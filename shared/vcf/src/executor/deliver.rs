//! Cuts printed text into blocks and writes them in order, whichever is deflated first.

use std::collections::{BTreeMap, VecDeque};
use std::io::Write;

use crate::bgzf::{PAYLOAD, block_end, full_block};
use crate::error::Error;

use super::output::Sink;
use super::printed::{Deflated, Output};
use super::{Encoding, Summary};

/// Blocks deflated in one job.
const BLOCKS: usize = 8;
/// So much text holds the whole of [`BLOCKS`] blocks.
const GROUP: usize = BLOCKS * PAYLOAD;

/// Buffers that are kept to be used again, and the least they have to hold for it.
const SPARE: (usize, usize) = (64, 4096);

pub(crate) struct Delivery<W> {
    encoding: Encoding,
    sink: Sink<W>,
    /// Printed text not yet deflated.
    text: Vec<u8>,
    groups: VecDeque<Group>,
    spare: Vec<Vec<u8>>,
    deflated: BTreeMap<u64, Deflated>,
    next_deflated: u64,
    /// Groups handed on.
    begun: u64,
    /// How many of them are being deflated.
    pub(crate) deflating: usize,
    read: u64,
    written: u64,
}

impl<W: Write> Delivery<W> {
    pub(crate) fn new(encoding: Encoding, sink: Sink<W>) -> Self {
        Self {
            encoding,
            sink,
            text: Vec::new(),
            groups: VecDeque::new(),
            spare: Vec::new(),
            deflated: BTreeMap::new(),
            next_deflated: 0,
            begun: 0,
            deflating: 0,
            read: 0,
            written: 0,
        }
    }

    /// The header, in blocks of its own.
    pub(crate) fn header(&mut self, text: &[u8]) -> Result<(), Error> {
        let Some(mut deflater) = self.encoding.deflater() else {
            return self.sink.write(text);
        };
        let mut bytes = Vec::new();
        deflater.deflate(text, &mut bytes);
        self.sink.write(&bytes)
    }

    pub(crate) fn output(&mut self, output: Output) -> Result<(), Error> {
        self.read += output.read;
        self.written += output.written;
        match self.encoding {
            Encoding::Text => self.sink.write(&output.text)?,
            Encoding::Bgzip(_) | Encoding::Bcf(_) => {
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
        if self.spare.len() < SPARE.0 && buffer.capacity() >= SPARE.1 {
            buffer.clear();
            self.spare.push(buffer);
        }
        Ok(())
    }

    /// An empty buffer, used before if there is one.
    pub(crate) fn spare(&mut self) -> Vec<u8> {
        self.spare.pop().unwrap_or_default()
    }

    /// Hands text on that is to be deflated, with the number of its job, and takes over what is deflated already.
    pub(crate) fn hand_on(&mut self, mut deflate: impl FnMut(u64, Vec<u8>)) -> Result<(), Error> {
        while let Some(group) = self.groups.pop_front() {
            let number = self.begun;
            self.begun += 1;
            match group {
                Group::Text(text) => {
                    self.deflating += 1;
                    deflate(number, text);
                }
                Group::Blocks(blocks) => self.write(number, blocks)?,
            }
        }
        Ok(())
    }

    /// Cuts off text for deflate jobs, as long as there is enough for one; `last` takes all.
    pub(crate) fn cut(&mut self, last: Last) {
        let block_end = if self.encoding.is_bcf() {
            full_block
        } else {
            block_end
        };
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

    /// Takes the blocks of a job in any order; writes them in order.
    pub(crate) fn blocks(&mut self, number: u64, blocks: Deflated) -> Result<(), Error> {
        self.deflating -= 1;
        self.write(number, blocks)
    }

    fn write(&mut self, number: u64, blocks: Deflated) -> Result<(), Error> {
        self.deflated.insert(number, blocks);
        while let Some(blocks) = self.deflated.remove(&self.next_deflated) {
            self.sink.write_blocks(&blocks)?;
            self.next_deflated += 1;
        }
        Ok(())
    }

    /// Ends the result, with the end-of-file block or without.
    pub(crate) fn finish(mut self, end: bool) -> Result<Summary, Error> {
        let csi = match self.encoding {
            Encoding::Text => None,
            Encoding::Bgzip(_) | Encoding::Bcf(_) => self.sink.finish_blocks(end)?,
        };
        self.sink.flush()?;
        Ok(Summary {
            read: self.read,
            written: self.written,
            bytes: self.sink.bytes,
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
enum Group {
    /// To be deflated.
    Text(Vec<u8>),
    /// To be written as it is.
    Blocks(Deflated),
}
