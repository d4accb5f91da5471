//! The end of the pipe: bytes written in order, and the index of what was written.

use std::collections::VecDeque;
use std::io::Write;
use std::sync::Arc;

use crate::bcf::Numbering;
use crate::bgzf::{EOF_MARKER, VirtualOffset};
use crate::error::{Error, ErrorKind};
use crate::index::{Builder, Chunk};

use super::printed::{Deflated, Mark};

pub(crate) struct Sink<W> {
    writer: W,
    pub(super) bytes: u64,
    index: Option<Indexer>,
    /// By what scaffolds of BCF are counted in the index.
    numbering: Option<Arc<Numbering>>,
}

impl<W: Write> Sink<W> {
    pub(crate) fn new(writer: W, index: Option<Builder>) -> Self {
        Self {
            writer,
            bytes: 0,
            index: index.map(Indexer::new),
            numbering: None,
        }
    }

    /// For BCF of this numbering.
    pub(crate) fn of_bcf(mut self, numbering: Option<&Arc<Numbering>>) -> Self {
        self.numbering = numbering.cloned();
        self
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.writer.write_all(bytes)?;
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    /// Announces records whose text comes later.
    pub(crate) fn announce(&mut self, marks: Vec<Mark>) {
        if let Some(index) = &mut self.index {
            index.marks.extend(marks);
        }
    }

    /// Writes blocks of record text.
    pub(crate) fn write_blocks(&mut self, blocks: &Deflated) -> Result<(), Error> {
        if let Some(index) = &mut self.index {
            let mut offset = self.bytes;
            for (text, length) in &blocks.blocks {
                index.blocks.push_back((index.text, offset));
                index.text += *text as u64;
                offset += *length as u64;
            }
            index.settle()?;
        }
        self.write(&blocks.bytes)
    }

    /// Ends a bgzipped result, with the end-of-file block if `end`. Returns the bytes of its index, if there is
    /// one.
    pub(crate) fn finish_blocks(&mut self, end: bool) -> Result<Option<Vec<u8>>, Error> {
        let csi = match self.index.take() {
            Some(mut index) => {
                index.blocks.push_back((index.text, self.bytes));
                index.settle()?;
                let index = index.builder.finish();
                let csi = match &self.numbering {
                    None => index.to_csi(),
                    Some(numbering) => index.to_bcf_csi(numbering.contigs()),
                };
                Some(csi.map_err(ErrorKind::Index)?)
            }
            None => None,
        };
        if end {
            self.write(&EOF_MARKER)?;
        }
        Ok(csi)
    }

    pub(crate) fn flush(&mut self) -> Result<(), Error> {
        Ok(self.writer.flush()?)
    }
}

/// Brings together where records lie in the text and where the blocks of the text lie in the file.
struct Indexer {
    builder: Builder,
    marks: VecDeque<Mark>,
    /// For blocks still needed: where they begin in the text, and in the file.
    blocks: VecDeque<(u64, u64)>,
    /// Text in blocks so far.
    text: u64,
    /// Text of records indexed so far.
    position: u64,
    scaffold: Option<Vec<u8>>,
    last: u64,
}

impl Indexer {
    fn new(builder: Builder) -> Self {
        Self {
            builder,
            marks: VecDeque::new(),
            blocks: VecDeque::new(),
            text: 0,
            position: 0,
            scaffold: None,
            last: 0,
        }
    }

    /// Indexes the records whose blocks, and the beginning of the one after, are known.
    fn settle(&mut self) -> Result<(), Error> {
        while let Some(mark) = self.marks.front() {
            let end = self.position + u64::from(mark.length);
            if self.blocks.back().is_none_or(|(start, _)| *start < end) && end >= self.text {
                return Ok(());
            }
            let Some(mark) = self.marks.pop_front() else {
                return Ok(());
            };
            let chunk = Chunk {
                start: self.locate(self.position),
                end: self.locate(end),
            };
            if let Some(scaffold) = mark.scaffold
                && self.scaffold.as_ref() != Some(&scaffold)
            {
                self.builder
                    .begin_reference(&scaffold)
                    .map_err(ErrorKind::Index)?;
                self.scaffold = Some(scaffold);
                self.last = 0;
            }
            if mark.start < self.last {
                return Err(ErrorKind::Unsorted {
                    at: crate::error::Place::default(),
                    reason: "the result is unsorted and cannot be indexed".to_owned(),
                }
                .into());
            }
            self.last = mark.start;
            self.builder
                .add(mark.start, mark.end, chunk)
                .map_err(ErrorKind::Index)?;
            self.position = end;
        }
        Ok(())
    }

    /// The virtual offset of a place in the text. Blocks before it are no longer needed.
    fn locate(&mut self, place: u64) -> VirtualOffset {
        while self.blocks.get(1).is_some_and(|(start, _)| *start <= place) {
            self.blocks.pop_front();
        }
        self.blocks
            .front()
            .map_or_else(VirtualOffset::default, |(start, offset)| {
                VirtualOffset::new(*offset, (place - start) as u16)
            })
    }
}
