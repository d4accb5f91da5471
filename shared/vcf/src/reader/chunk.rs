//! A piece of a file, as fetched and as text.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use super::cut::Uncut;
use crate::bcf::{self, Dictionary};
use crate::bgzf::{BlockHeader, Inflater, SLACK, VirtualOffset, inflated_size};
use crate::error::{Error, ErrorKind, Place};
use crate::groups::Rows;
use crate::limits::LINE_MAX_BYTES;

/// Bytes of text that the records of one chunk, the longest of them aside, may become: dozens of times what they take.
const MAX_CHUNK: usize = LINE_MAX_BYTES;

/// Whole blocks or a piece of plain text, as fetched; or whole records of BCF.
#[derive(Debug, Clone, Default)]
pub struct RawChunk {
    /// The bytes of the file.
    pub bytes: Bytes,
    /// Where they begin in the file.
    pub offset: u64,
    /// The blocks in them; empty for plain text.
    pub blocks: Vec<(usize, BlockHeader)>,
    /// Bytes of the first inflated block that come before the part asked for.
    pub skip: usize,
    /// How many inflated bytes of the last block belong to the part asked for; `None` for all.
    pub keep: Option<usize>,
    /// What the bytes are if they are inflated records of BCF.
    pub records: Option<Records>,
    /// What it is if the records in it are still to be found. There are no bytes then.
    pub uncut: Option<Uncut>,
    /// What it is if it comes out of sample groups: whole lines, with the wanted columns alone. There are no bytes then.
    pub rows: Option<Arc<Rows>>,
}

/// Records of BCF.
#[derive(Debug, Clone)]
pub struct Records {
    /// Where each begins: in the bytes, and in the file.
    pub places: Vec<(usize, VirtualOffset)>,
    /// Where the record after the last is in the file.
    pub end: VirtualOffset,
    /// The names in them.
    pub dictionary: Arc<Dictionary>,
    /// The blocks that they come from.
    pub origin: Option<Origin>,
}

/// The blocks that records come from.
#[derive(Debug, Clone)]
pub struct Origin {
    /// As fetched.
    pub chunk: Arc<RawChunk>,
    /// Which of them were inflated whole, and where they lie.
    pub(super) blocks: Arc<Vec<(Range<usize>, usize)>>,
    /// Where the records begin among them.
    pub(super) begin: usize,
}

impl Records {
    /// Where each lies among so many bytes.
    pub fn places_within(&self, length: usize) -> impl Iterator<Item = Range<usize>> {
        let ends = self.places.iter().skip(1).map(|(start, _)| *start);
        let places = self.places.iter().zip(ends.chain([length]));
        places.map(|((start, _), end)| *start..end)
    }
}

impl Origin {
    /// The blocks that lie whole within so many bytes of records, and which they are.
    pub fn blocks_within(&self, length: usize) -> impl Iterator<Item = (Range<usize>, usize)> {
        let (begin, end) = (self.begin, self.begin + length);
        let first = self
            .blocks
            .partition_point(|(block, _)| block.start < begin);
        let blocks = self.blocks[first..].iter();
        blocks
            .take_while(move |(block, _)| block.end <= end)
            .map(move |(block, number)| (block.start - begin..block.end - begin, *number))
    }
}

/// The text of a chunk. Its buffer serves one chunk after another.
#[derive(Debug, Clone, Default)]
pub struct TextChunk {
    /// Inflated bytes, and behind them room that is not text.
    buffer: Vec<u8>,
    /// Where the text lies in the buffer.
    range: Range<usize>,
    /// Where the inflated bytes end in the buffer, with those of the last block that were not asked for.
    filled: usize,
    /// For each block that has text: where its text begins in the buffer, and where that is in the
    /// file. Plain text counts as one block whose offsets are those of its bytes.
    blocks: Vec<(usize, VirtualOffset)>,
    /// Where the byte after the text is in the file.
    end: VirtualOffset,
}

impl RawChunk {
    /// Records out of sample groups.
    pub(crate) fn of_rows(rows: Rows) -> Self {
        Self {
            rows: Some(Arc::new(rows)),
            ..Self::default()
        }
    }

    /// Takes the first blocks away, at most so many; what is left has the others, and is nothing if there are none.
    pub(super) fn split(mut self, most: usize) -> (Self, Option<Self>) {
        let Some((at, _)) = self.blocks.get(most).copied() else {
            return (self, None);
        };
        let others = self.blocks.split_off(most).into_iter();
        let rest = Self {
            bytes: self.bytes.split_off(at),
            offset: self.offset + at as u64,
            blocks: others.map(|(place, header)| (place - at, header)).collect(),
            skip: 0,
            keep: self.keep.take(),
            ..Self::default()
        };
        (self, Some(rest))
    }

    /// Whether it holds whole lines.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.records.is_some() || self.uncut.is_some() || self.rows.is_some()
    }

    /// Inflates the blocks into `chunk`; plain text is taken over, records become lines.
    ///
    /// # Errors
    /// If a block is damaged, or a record cannot be decoded.
    pub fn inflate(&self, inflater: &mut Inflater, chunk: &mut TextChunk) -> Result<(), Error> {
        if let Some(uncut) = &self.uncut {
            return match uncut.records(inflater)? {
                Some(records) => records.inflate_behind(0, inflater, chunk),
                None => {
                    chunk.clear();
                    Ok(())
                }
            };
        }
        self.inflate_behind(0, inflater, chunk)
    }

    /// The same behind the first `lead` bytes of the buffer, which stay as they are. They are not text; places of blocks
    /// count them.
    pub(super) fn inflate_behind(
        &self,
        lead: usize,
        inflater: &mut Inflater,
        chunk: &mut TextChunk,
    ) -> Result<(), Error> {
        chunk.blocks.clear();
        if let Some(records) = &self.records {
            return self.decode(records, chunk);
        }
        if let Some(rows) = &self.rows {
            chunk.buffer.clear();
            rows.print(&mut chunk.buffer)?;
            chunk.filled = chunk.buffer.len();
            chunk.range = 0..chunk.filled;
            // Nobody asks where in the file these lines are.
            chunk.end = VirtualOffset::default();
            return Ok(());
        }
        if self.blocks.is_empty() {
            chunk.buffer.resize(lead, 0);
            chunk.buffer.extend_from_slice(&self.bytes);
            chunk.range = lead..chunk.buffer.len();
            chunk.filled = chunk.buffer.len();
            chunk.blocks.push((lead, VirtualOffset(self.offset)));
            chunk.end = VirtualOffset(self.offset + self.bytes.len() as u64);
            return Ok(());
        }
        chunk.range = lead..lead;
        // What follows the text may be the end-of-file block alone, which is to be read again from there.
        let mut end = self.offset;
        let sizes = self
            .blocks
            .iter()
            .map(|(at, header)| inflated_size(&self.bytes[*at..*at + header.total]));
        let room = lead + sizes.sum::<usize>() + SLACK;
        if chunk.buffer.len() < room {
            chunk.buffer.resize(room, 0);
        }
        for (at, header) in &self.blocks {
            let offset = self.offset + *at as u64;
            let start = chunk.range.end;
            let block = &self.bytes[*at..*at + header.total];
            let room = &mut chunk.buffer[start..];
            chunk.range.end += inflater.inflate_into(block, *header, offset, room)?;
            if chunk.range.end > start {
                end = offset + header.total as u64;
                chunk.blocks.push((start, VirtualOffset::new(offset, 0)));
            }
        }
        chunk.filled = chunk.range.end;
        let last = self.offset + self.blocks.last().map_or(0, |(at, _)| *at as u64);
        chunk.end = VirtualOffset::new(end, 0);
        if let Some(keep) = self.keep {
            // The last block has text up to here, if it has text at all.
            let start = chunk.blocks.last().map_or(lead, |(start, _)| *start);
            chunk.range.end = chunk.range.end.min(start + keep);
            chunk.end = VirtualOffset::new(last, keep as u16);
        }
        chunk.range.start = (lead + self.skip).min(chunk.range.end);
        Ok(())
    }

    /// The blocks that have text: where all of it lies in the buffer of `inflated`, and which of [`Self::blocks`] they are.
    pub fn blocks_of(&self, inflated: &TextChunk) -> impl Iterator<Item = (Range<usize>, usize)> {
        inflated.blocks().filter_map(|(range, offset)| {
            let place = (offset.block() - self.offset) as usize;
            let number = self.blocks.binary_search_by_key(&place, |(at, _)| *at);
            Some((range, number.ok()?))
        })
    }

    /// Lines of errors are counted from the beginning of the chunk.
    fn decode(&self, records: &Records, chunk: &mut TextChunk) -> Result<(), Error> {
        chunk.buffer.clear();
        let mut longest = 0;
        let places = records.places_within(self.bytes.len());
        for ((number, (_, offset)), place) in (1..).zip(&records.places).zip(places) {
            let record = &self.bytes[place];
            let begin = chunk.buffer.len();
            chunk.blocks.push((begin, *offset));
            bcf::decode(record, &records.dictionary, &mut chunk.buffer).map_err(|source| {
                let (line, site) = (Some(number), bcf::site(record, &records.dictionary));
                let at = Place { line, site };
                ErrorKind::Record { at, source }
            })?;
            longest = longest.max(chunk.buffer.len() - begin);
            if chunk.buffer.len() - longest > MAX_CHUNK {
                let reason = "the names of its header make records too long as text";
                return Err(ErrorKind::Limit(reason.to_owned()).into());
            }
        }
        chunk.filled = chunk.buffer.len();
        chunk.range = 0..chunk.filled;
        chunk.end = records.end;
        Ok(())
    }
}

impl TextChunk {
    /// The text.
    #[must_use]
    pub fn text(&self) -> &[u8] {
        &self.buffer[self.range.clone()]
    }

    /// Leaves no text; where it ends in the file stays.
    fn clear(&mut self) {
        self.range = 0..0;
        self.filled = 0;
        self.blocks.clear();
    }

    /// Inflates into this buffer.
    pub(super) fn within(buffer: Vec<u8>) -> Self {
        Self {
            buffer,
            ..Self::default()
        }
    }

    /// Gives the buffer away.
    pub(super) fn take(self) -> Vec<u8> {
        self.buffer
    }

    /// The buffer up to the end of the text, and where the text begins in it.
    pub(super) fn filled(&self) -> (&[u8], usize) {
        (&self.buffer[..self.range.end], self.range.start)
    }

    /// Puts bytes right before the text, which come in the place of others there.
    pub(super) fn lead(&mut self, bytes: &[u8]) {
        if let Some(missing) = bytes.len().checked_sub(self.range.start) {
            self.buffer.splice(..0, std::iter::repeat_n(0, missing));
            self.range = self.range.start + missing..self.range.end + missing;
            self.filled += missing;
            self.blocks.iter_mut().for_each(|(at, _)| *at += missing);
        }
        let start = self.range.start;
        self.buffer[start - bytes.len()..start].copy_from_slice(bytes);
    }

    /// Leaves out the first bytes of the text.
    pub(super) fn skip(&mut self, bytes: usize) {
        self.range.start = self.range.end.min(self.range.start + bytes);
    }

    /// How many inflated bytes come before the text: those of the first block that were not asked for.
    #[must_use]
    pub fn skipped(&self) -> usize {
        self.range.start
    }

    /// The blocks that have text: where all of it lies, counted from the beginning of the first block, and
    /// where they are in the file.
    pub fn blocks(&self) -> impl Iterator<Item = (Range<usize>, VirtualOffset)> {
        let ends = self.blocks.iter().skip(1).map(|(start, _)| *start);
        self.blocks
            .iter()
            .zip(ends.chain([self.filled]))
            .map(|((start, offset), end)| (*start..end, *offset))
    }

    /// Where the byte after the text is in the file.
    #[must_use]
    pub fn end(&self) -> VirtualOffset {
        self.end
    }

    /// Where the byte at `position` of the text, or the one after its end, is in the file. `hint`
    /// remembers the block of the last call, for positions that only grow.
    #[must_use]
    pub fn offset_of(&self, position: usize, hint: &mut usize) -> VirtualOffset {
        let position = position + self.range.start;
        if position >= self.range.end {
            return self.end;
        }
        while self
            .blocks
            .get(*hint + 1)
            .is_some_and(|(start, _)| *start <= position)
        {
            *hint += 1;
        }
        self.blocks.get(*hint).map_or(self.end, |(start, offset)| {
            VirtualOffset(offset.0 + (position - start) as u64)
        })
    }
}
