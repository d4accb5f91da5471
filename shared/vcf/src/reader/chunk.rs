//! A piece of a file, as fetched and as text.

use bytes::Bytes;

use crate::bgzf::{BlockHeader, Inflater, VirtualOffset};
use crate::error::Error;

/// Whole blocks, or a piece of plain text, as fetched.
#[derive(Debug, Clone)]
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
}

/// The text of a chunk.
#[derive(Debug, Clone, Default)]
pub struct TextChunk {
    /// The inflated bytes.
    pub text: Vec<u8>,
    /// For each block that has text: where its text begins in `text`, and where that is in the file.
    /// Plain text counts as one block whose offsets are those of its bytes.
    pub blocks: Vec<(usize, VirtualOffset)>,
    /// Where the byte after the text is in the file.
    pub end: VirtualOffset,
}

impl RawChunk {
    /// Inflates the blocks; plain text is taken over.
    ///
    /// # Errors
    /// If a block is damaged.
    pub fn inflate(&self, inflater: &mut Inflater) -> Result<TextChunk, Error> {
        if self.blocks.is_empty() {
            return Ok(TextChunk {
                text: self.bytes.to_vec(),
                blocks: vec![(0, VirtualOffset(self.offset))],
                end: VirtualOffset(self.offset + self.bytes.len() as u64),
            });
        }
        let mut text = Vec::with_capacity(self.blocks.len() * crate::bgzf::MAX_BLOCK);
        let mut blocks = Vec::with_capacity(self.blocks.len());
        let last = self.blocks.len() - 1;
        for (number, (at, header)) in self.blocks.iter().enumerate() {
            let offset = self.offset + *at as u64;
            let start = text.len();
            let block = &self.bytes[*at..*at + header.total];
            inflater.inflate(block, *header, offset, &mut text)?;
            if number == last
                && let Some(keep) = self.keep
            {
                text.truncate(start + keep);
            }
            let mut within = 0;
            if number == 0 && self.skip > 0 {
                within = self.skip.min(text.len());
                text.drain(..within);
            }
            if text.len() > start {
                blocks.push((start, VirtualOffset::new(offset, within as u16)));
            }
        }
        let end = match self.keep {
            Some(keep) => {
                let block = self.offset + self.blocks[last].0 as u64;
                VirtualOffset::new(block, keep as u16)
            }
            None => VirtualOffset::new(self.offset + self.bytes.len() as u64, 0),
        };
        Ok(TextChunk { text, blocks, end })
    }
}

impl TextChunk {
    /// Where the byte at `position` of the text, or the one after its end, is in the file. `hint`
    /// remembers the block of the last call, for positions that only grow.
    #[must_use]
    pub fn offset_of(&self, position: usize, hint: &mut usize) -> VirtualOffset {
        if position >= self.text.len() {
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
