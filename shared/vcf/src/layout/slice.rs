//! Cutting a file: which bytes of it make a file of the records of some regions.

use std::ops::Range;

use super::{Layout, Span};
use crate::bgzf::{EOF_MARKER, VirtualOffset};
use crate::index::Index;

/// A part of a scaffold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// The scaffold's name.
    pub scaffold: String,
    /// The first position, 0-based.
    pub start: u64,
    /// The position behind the last, 0-based.
    pub end: u64,
}

/// What a part of a slice holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Nothing but header.
    Header,
    /// Nothing of the header.
    Body,
}

/// A part of a slice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// These bytes of the file.
    Bytes(Range<u64>),
    /// Blocks that are not in the file.
    Block(Vec<u8>),
    /// What begins or ends inside of a block: see [`Span::parts`].
    Span(Span),
}

/// A file that is made of another one: its parts, one behind the other, are bgzipped, with header and end-of-file marker.
/// It has every record of what was asked for, in the order of the file, each once, and others beside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice {
    /// The parts in their order, each with what it holds; nothing is said of any if one holds header and records.
    pub parts: Vec<(Part, Option<Class>)>,
}

impl Slice {
    fn new(header: Vec<Part>, body: Vec<Part>, mixed: bool) -> Self {
        let class = |class| if mixed { None } else { Some(class) };
        let header = header.into_iter().map(|part| (part, class(Class::Header)));
        let body = body.into_iter().map(|part| (part, class(Class::Body)));
        Self {
            parts: header.chain(body).collect(),
        }
    }
}

impl Layout {
    /// The header and no record.
    #[must_use]
    pub fn header_slice(&self) -> Slice {
        let mut header = self.header();
        header.push(end());
        Slice::new(header, vec![], false)
    }

    /// The whole file of this size.
    #[must_use]
    pub fn whole_slice(&self, size: u64) -> Slice {
        if self.records.within() > 0 {
            return Slice::new(vec![], bytes(0..size), true);
        }
        let body = bytes(self.records.block()..size);
        Slice::new(self.header(), body, false)
    }

    /// The records of these regions, of a file of this size.
    #[must_use]
    pub fn slice(&self, index: &Index, size: u64, regions: &[Region]) -> Slice {
        let chunks = regions
            .iter()
            .flat_map(|region| index.query(region.scaffold.as_bytes(), region.start, region.end))
            .map(|chunk| chunk.start..chunk.end);
        let mut mixed = false;
        let (header, mut body) = if self.cuts_records {
            let spans = united(chunks.collect()).into_iter();
            let spans = spans.map(|span| {
                Part::Span(Span {
                    start: span.start,
                    end: span.end,
                })
            });
            (self.header(), spans.collect::<Vec<_>>())
        } else {
            let blocks = chunks.map(|chunk| chunk.start.block()..self.block_end(size, chunk.end));
            let blocks = united(blocks.collect());
            // The block that has the end of the header comes with the first records.
            mixed = self.records.within() > 0
                && blocks
                    .first()
                    .is_some_and(|first| first.start == self.records.block());
            let header = if mixed {
                bytes(0..self.records.block())
            } else {
                self.header()
            };
            (header, blocks.into_iter().map(Part::Bytes).collect())
        };
        body.push(end());
        Slice::new(header, body, mixed)
    }

    fn header(&self) -> Vec<Part> {
        let mut parts = bytes(0..self.records.block());
        match &self.header_end {
            _ if self.records.within() == 0 => {}
            Some(block) => parts.push(Part::Block(block.clone())),
            None => parts.push(Part::Span(Span {
                start: VirtualOffset::new(self.records.block(), 0),
                end: self.records,
            })),
        }
        parts
    }

    /// Where the block ends in which a chunk does.
    fn block_end(&self, size: u64, end: VirtualOffset) -> u64 {
        match end.within() {
            0 => end.block(),
            _ => {
                let behind = self.borders.behind_block(end.block());
                behind.unwrap_or(size).min(size)
            }
        }
    }
}

fn end() -> Part {
    Part::Block(EOF_MARKER.to_vec())
}

fn bytes(range: Range<u64>) -> Vec<Part> {
    if range.is_empty() {
        vec![]
    } else {
        vec![Part::Bytes(range)]
    }
}

/// The ranges in their order, with those that touch made one.
fn united<T: Ord + Copy>(mut ranges: Vec<Range<T>>) -> Vec<Range<T>> {
    ranges.sort_by_key(|range| range.start);
    let mut united: Vec<Range<T>> = vec![];
    for range in ranges.into_iter().filter(|range| !range.is_empty()) {
        match united.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => united.push(range),
        }
    }
    united
}
