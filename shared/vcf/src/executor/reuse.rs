//! Blocks of the input whose lines stand unchanged in the output: blocks that came through whole are
//! written as they are, blocks of which lines were left out are spliced. Neither is deflated again.

use std::ops::Range;

use crate::bgzf::{PAYLOAD, Part, Splicer};
use crate::reader::RawChunk;

use super::printed::Deflated;

/// Blocks are spliced if at least this share of their text is kept, in hundredths. Of less, the new block
/// holds so little text that it is larger by more than it is worth.
const SHARE: usize = 60;
/// At most this share of the text of a spliced block may have lost its matches, in hundredths. With it 1,000
/// samples, 2,500 bare genotypes and 100 samples stay within 2 % of the size that bcftools writes; without it
/// short lines come out 4 % larger.
const LOSS: usize = 4;
/// So many blocks of a chunk are tried in vain, and more than went well, before no more are tried.
const REFUSALS: usize = 3;

/// Blocks to be written as they are.
pub(crate) struct Reused {
    /// Where their text begins in the output.
    pub at: usize,
    /// How long their text is.
    pub length: usize,
    pub blocks: Deflated,
}

/// Lines of the input that follow each other, with all that was printed for them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stretch {
    /// In the inflated blocks.
    lines: Range<usize>,
    /// Where they were printed unchanged; `None` if they were printed changed.
    printed: Option<usize>,
}

/// Tracks lines as they go by.
#[derive(Default)]
pub(super) struct Tracker {
    /// What was printed, in order; what was left out is not there.
    stretches: Vec<Stretch>,
}

impl Tracker {
    /// The line that lies at `lines` in the inflated blocks was printed unchanged at `printed` of the output.
    pub(super) fn unchanged(&mut self, lines: Range<usize>, printed: usize) {
        match self.stretches.last_mut() {
            Some(last)
                if last.lines.end == lines.start
                    && last.printed.map(|at| at + last.lines.len()) == Some(printed) =>
            {
                last.lines.end = lines.end;
            }
            _ => self.stretches.push(Stretch {
                lines,
                printed: Some(printed),
            }),
        }
    }

    /// The line that lies at `lines` in the inflated blocks became something else.
    pub(super) fn changed(&mut self, lines: Range<usize>) {
        match self.stretches.last_mut() {
            Some(last) if last.lines.end == lines.start && last.printed.is_none() => {
                last.lines.end = lines.end;
            }
            _ => self.stretches.push(Stretch {
                lines,
                printed: None,
            }),
        }
    }

    /// What of `output`, which the lines or records of a chunk became, need not be deflated; in order of place. `blocks`
    /// says where inflated blocks lie, and which they are of `raw`.
    pub(super) fn reused(
        self,
        raw: &RawChunk,
        blocks: impl Iterator<Item = (Range<usize>, usize)>,
        output: &[u8],
        splicer: &mut Splicer,
    ) -> Vec<Reused> {
        let mut taker = Taker {
            raw,
            output,
            splicer,
            pack: Pack::default(),
            spliced: 0,
            refused: 0,
            found: Vec::new(),
        };
        let mut stretches = self.stretches.as_slice();
        for (block, number) in blocks {
            while stretches
                .first()
                .is_some_and(|stretch| stretch.lines.end <= block.start)
            {
                stretches = &stretches[1..];
            }
            let within = stretches
                .iter()
                .take_while(|stretch| stretch.lines.start < block.end);
            match kept(&block, within) {
                Some(kept) => taker.block(number, block.len(), kept),
                None => taker.splice(),
            }
        }
        taker.splice();
        taker.found
    }
}

/// What is kept of a block, and where it begins in the output.
struct KeptPart {
    kept: Vec<Range<usize>>,
    length: usize,
    printed: usize,
}

/// What `stretches` keep of a block; `None` if one is changed or anything else is printed between them.
fn kept<'s>(
    block: &Range<usize>,
    stretches: impl Iterator<Item = &'s Stretch>,
) -> Option<KeptPart> {
    let mut part = KeptPart {
        kept: Vec::new(),
        length: 0,
        printed: 0,
    };
    for Stretch { lines, printed } in stretches {
        let from = lines.start.max(block.start);
        let to = lines.end.min(block.end);
        let printed = (*printed)? + (from - lines.start);
        if part.kept.is_empty() {
            part.printed = printed;
        } else if part.printed + part.length != printed {
            return None;
        }
        part.kept.push(from - block.start..to - block.start);
        part.length += to - from;
    }
    Some(part)
}

/// Parts of blocks that follow each other, to become one block.
#[derive(Default)]
struct Pack {
    /// Which blocks of the chunk, the length of their text, and what is kept of it.
    parts: Vec<(usize, usize, Vec<Range<usize>>)>,
    /// Where their text begins in the output.
    printed: usize,
    length: usize,
    /// Text of the whole blocks.
    of: usize,
}

/// Takes blocks in order.
struct Taker<'t> {
    raw: &'t RawChunk,
    output: &'t [u8],
    splicer: &'t mut Splicer,
    pack: Pack,
    spliced: usize,
    refused: usize,
    found: Vec<Reused>,
}

impl Taker<'_> {
    /// Takes what is kept of a block whose text has `length` bytes.
    fn block(&mut self, number: usize, length: usize, part: KeptPart) {
        if part.length == 0 {
            return;
        }
        if part.length == length {
            self.splice();
            let (at, header) = self.raw.blocks[number];
            self.add(part.printed, length, &self.raw.bytes[at..at + header.total]);
            return;
        }
        if self.pack.length + part.length > PAYLOAD
            || self.pack.printed + self.pack.length != part.printed
        {
            self.splice();
        }
        if self.pack.parts.is_empty() {
            self.pack.printed = part.printed;
        }
        self.pack.length += part.length;
        self.pack.of += length;
        self.pack.parts.push((number, length, part.kept));
    }

    /// Splices the blocks that wait for it, if that is worth it.
    fn splice(&mut self) {
        let pack = std::mem::take(&mut self.pack);
        let hopeless = self.refused >= REFUSALS && self.refused > self.spliced;
        if pack.parts.is_empty() || hopeless || pack.length * 100 < pack.of * SHARE {
            return;
        }
        let parts: Vec<Part<'_>> = pack
            .parts
            .iter()
            .map(|(number, length, kept)| {
                let (at, header) = self.raw.blocks[*number];
                Part {
                    block: &self.raw.bytes[at..at + header.total],
                    header,
                    length: *length,
                    kept,
                }
            })
            .collect();
        let text = &self.output[pack.printed..pack.printed + pack.length];
        let mut bytes = Vec::new();
        let loss = text.len() * LOSS / 100;
        match self.splicer.splice(&parts, text, loss, &mut bytes) {
            Some(_) => {
                self.spliced += 1;
                self.add(pack.printed, pack.length, &bytes);
            }
            None => self.refused += 1,
        }
    }

    /// Adds a block with `length` bytes of text that begins at `printed` of the output.
    fn add(&mut self, printed: usize, length: usize, block: &[u8]) {
        if self
            .found
            .last()
            .is_none_or(|last| last.at + last.length != printed)
        {
            self.found.push(Reused {
                at: printed,
                length: 0,
                blocks: Deflated::default(),
            });
        }
        if let Some(last) = self.found.last_mut() {
            last.length += length;
            last.blocks.bytes.extend_from_slice(block);
            last.blocks.blocks.push((length, block.len()));
        }
    }
}

#[cfg(test)]
#[path = "reuse_tests.rs"]
mod tests;
