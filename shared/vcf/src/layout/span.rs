//! A part of a file between two virtual offsets, which may lie inside of blocks.

use super::Part;
use crate::bgzf::{Deflater, Inflater, PAYLOAD, VirtualOffset, whole_blocks};
use crate::error::{Error, ErrorKind};

/// The inflated bytes from one place up to, not including, another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Where it begins.
    pub start: VirtualOffset,
    /// Where it ends.
    pub end: VirtualOffset,
}

impl Span {
    /// Where the blocks begin of which a part alone belongs to the span: at most two.
    pub fn edges(&self) -> impl Iterator<Item = u64> {
        let first = (self.start.within() > 0).then(|| self.start.block());
        let last = (self.end.within() > 0).then(|| self.end.block());
        first
            .into_iter()
            .chain(last.filter(|last| Some(*last) != first))
    }

    /// The parts that the span is made of. `read` gives the bytes that begin with the block at this place; they may end
    /// anywhere behind that block.
    ///
    /// # Errors
    /// If no block is there, or it ends before the span.
    pub fn parts<'b>(&self, read: impl Fn(u64) -> &'b [u8]) -> Result<Vec<Part>, Error> {
        let (first, last) = (self.start.block(), self.end.block());
        if first == last {
            let block = text(read(first), self.start, usize::from(self.end.within()))?;
            return Ok(vec![Part::Block(block)]);
        }
        let (mut parts, mut from) = (vec![], first);
        if self.start.within() > 0 {
            let bytes = read(first);
            from += length(bytes, first)? as u64;
            parts.push(Part::Block(text(bytes, self.start, usize::MAX)?));
        }
        if from < last {
            parts.push(Part::Bytes(from..last));
        }
        if self.end.within() > 0 {
            let begin = VirtualOffset::new(last, 0);
            let block = text(read(last), begin, usize::from(self.end.within()))?;
            parts.push(Part::Block(block));
        }
        Ok(parts)
    }
}

fn length(bytes: &[u8], block: u64) -> Result<usize, Error> {
    let blocks = whole_blocks(bytes, block)?;
    let first = blocks.first().map(|(_, header)| header.total);
    first.ok_or_else(|| cut_off(block))
}

/// The inflated bytes of the first block in `bytes` from a place in it up to another, or to its end, deflated again.
pub(super) fn text(bytes: &[u8], from: VirtualOffset, to: usize) -> Result<Vec<u8>, Error> {
    let blocks = whole_blocks(bytes, from.block())?;
    let (at, header) = blocks.first().ok_or_else(|| cut_off(from.block()))?;
    let mut text = vec![];
    let block = &bytes[*at..at + header.total];
    Inflater::default().inflate(block, *header, from.block(), &mut text)?;
    let to = if to == usize::MAX { text.len() } else { to };
    let text = text.get(usize::from(from.within())..to);
    let text = text.ok_or_else(|| cut_off(from.block()))?;
    let (mut deflater, mut out) = (Deflater::new(6), vec![]);
    for piece in text.chunks(PAYLOAD) {
        deflater.deflate(piece, &mut out);
    }
    Ok(out)
}

fn cut_off(block: u64) -> Error {
    let reason = format!("the block at byte {block} ends before the place that its index names");
    ErrorKind::Truncated(reason).into()
}
