//! Cutting a file: which bytes of it make a file of the records of some regions.

use std::ops::Range;

use super::Layout;
use crate::bgzf::EOF_MARKER;
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
    /// A block that is not in the file.
    Block(Vec<u8>),
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
    /// The header and no record, if the layout knows where it ends; or with some of the first records.
    #[must_use]
    pub fn header_slice(&self, size: u64) -> Slice {
        let (mut header, mixed) = self.header_parts(size);
        header.push(end());
        Slice::new(header, vec![], mixed)
    }

    /// The whole file of this size.
    #[must_use]
    pub fn whole_slice(&self, size: u64) -> Slice {
        if self.records.within() > 0 {
            return Slice::new(vec![], bytes(0..size), true);
        }
        let header = self.header();
        let body = bytes(header.end..size);
        Slice::new(bytes(header), body, false)
    }

    /// The records of these regions.
    #[must_use]
    pub fn slice(&self, index: &Index, size: u64, regions: &[Region]) -> Slice {
        let mut body: Vec<Range<u64>> = regions
            .iter()
            .flat_map(|region| index.query(region.scaffold.as_bytes(), region.start, region.end))
            .map(|chunk| {
                let end = match chunk.end.within() {
                    0 => chunk.end.block(),
                    _ => self.block_end(size, chunk.end.block()),
                };
                chunk.start.block()..end
            })
            .collect();
        let shared = self.records.within() > 0;
        let first = body.iter().map(|range| range.start).min();
        let (header, mixed) = if shared && first == Some(self.records.block()) {
            // The block that has the end of the header comes with the records.
            (bytes(self.header()), true)
        } else {
            let (header, mixed) = self.header_parts(size);
            if mixed {
                // So does it here, and may touch them.
                body.push(0..self.block_end(size, self.records.block()));
                (vec![], true)
            } else {
                (header, false)
            }
        };
        let mut body: Vec<Part> = united(body).into_iter().map(Part::Bytes).collect();
        body.push(end());
        Slice::new(header, body, mixed)
    }

    /// The parts that have the header, and whether they have records too.
    fn header_parts(&self, size: u64) -> (Vec<Part>, bool) {
        let own = self.header();
        match &self.header_end {
            _ if self.records.within() == 0 => (bytes(own), false),
            Some(block) => {
                let mut parts = bytes(own);
                parts.push(Part::Block(block.clone()));
                (parts, false)
            }
            None => (bytes(0..self.block_end(size, own.end)), true),
        }
    }

    /// A place behind the block that begins here at which a block begins.
    fn block_end(&self, size: u64, block: u64) -> u64 {
        self.borders.behind_block(block).unwrap_or(size).min(size)
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
fn united(mut ranges: Vec<Range<u64>>) -> Vec<Range<u64>> {
    ranges.sort_by_key(|range| range.start);
    let mut united: Vec<Range<u64>> = vec![];
    for range in ranges.into_iter().filter(|range| !range.is_empty()) {
        match united.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => united.push(range),
        }
    }
    united
}
