//! Blocks of the input whose whole text stands unchanged in the output: they are written as they
//! are, not deflated again. Any wish for another deflate level but the usual one rules it out.

use crate::bgzf::VirtualOffset;
use crate::reader::{RawChunk, TextChunk};

use super::job::Deflated;

/// Fewer blocks in a row are not worth the short block that must end before them.
const LEAST: usize = 4;

/// Blocks to be written as they are.
pub(crate) struct Reused {
    /// Where their text begins in the output.
    pub at: usize,
    /// How long their text is.
    pub length: usize,
    pub blocks: Deflated,
}

/// Watches lines go by and finds the blocks that come through whole.
pub(super) struct Watch<'c> {
    raw: &'c RawChunk,
    inflated: &'c TextChunk,
    /// Where unchanged lines began, in the text and in the output.
    run: Option<(usize, usize)>,
    pub found: Vec<Reused>,
}

impl<'c> Watch<'c> {
    pub(super) fn new(raw: &'c RawChunk, inflated: &'c TextChunk) -> Self {
        Self {
            raw,
            inflated,
            run: None,
            found: vec![],
        }
    }

    /// A line that begins at `start` of the text was printed unchanged at `printed` of the output.
    pub(super) fn unchanged(&mut self, start: usize, printed: usize) {
        self.run.get_or_insert((start, printed));
    }

    /// At `end` of the text begins a line that was changed, or the text ends.
    pub(super) fn changed(&mut self, end: usize) {
        let Some((start, printed)) = self.run.take() else {
            return;
        };
        let whole: Vec<(usize, usize, VirtualOffset)> =
            self.inflated.blocks_within(start, end).collect();
        let (Some((first, _, _)), true) = (whole.first().copied(), whole.len() >= LEAST) else {
            return;
        };
        let mut reused = Reused {
            at: printed + (first - start),
            length: 0,
            blocks: Deflated::default(),
        };
        for (_, length, offset) in whole {
            let place = (offset.block() - self.raw.offset) as usize;
            let Ok(found) = self.raw.blocks.binary_search_by_key(&place, |(at, _)| *at) else {
                return;
            };
            let total = self.raw.blocks[found].1.total;
            reused
                .blocks
                .bytes
                .extend_from_slice(&self.raw.bytes[place..place + total]);
            reused.blocks.blocks.push((length, total));
            reused.length += length;
        }
        self.found.push(reused);
    }
}
