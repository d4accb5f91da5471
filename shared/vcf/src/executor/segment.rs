//! Which parts of the file are read, in which order: all of it, or scaffold by scaffold what the index
//! says holds the regions.

use crate::bgzf::{Format, VirtualOffset};
use crate::index::{Chunk, Index};
use crate::reader::Span;
use crate::view::{RegionSet, Regions, View};

use super::window::Window;

/// Parts of the file that are read for one purpose.
#[derive(Debug)]
pub(crate) struct Segment<'v> {
    /// The scaffold and its regions; `None` for all records.
    pub region: Option<(&'v [u8], &'v RegionSet)>,
    pub spans: Vec<Span>,
    /// Records outside of it are passed over.
    pub window: Option<&'v Window>,
    /// Whether parts of the file were left out of which no record is kept.
    pub skips: bool,
}

impl Segment<'_> {
    /// Whether lines are counted from the begin of the file.
    pub(crate) fn is_counted(&self) -> bool {
        self.region.is_none() && self.window.is_none() && !self.skips
    }
}

pub(crate) fn plan<'v>(
    view: &'v View,
    format: Format,
    records: VirtualOffset,
    index: Option<&Index>,
) -> Vec<Segment<'v>> {
    let all = Span {
        start: records,
        end: None,
    };
    let Some(regions) = view.regions() else {
        return vec![Segment {
            region: None,
            spans: vec![all],
            window: None,
            skips: false,
        }];
    };
    by_scaffold(regions, format, all, index)
}

/// A segment for each scaffold of `regions`, in their order; without an index each reads all.
pub(crate) fn by_scaffold<'v>(
    regions: &'v Regions,
    format: Format,
    all: Span,
    index: Option<&Index>,
) -> Vec<Segment<'v>> {
    regions
        .scaffolds()
        .map(|(name, set)| Segment {
            region: Some((name, set)),
            spans: match (index, format) {
                (Some(index), Format::Bgzf) => spans(index, name, set),
                _ => vec![all],
            },
            window: None,
            skips: false,
        })
        .collect()
}

fn spans(index: &Index, scaffold: &[u8], set: &RegionSet) -> Vec<Span> {
    joined(
        set.ranges()
            .flat_map(|(start, end)| index.query(scaffold, start, end)),
    )
}

/// Leaves of segments what can lie in a window.
pub(crate) fn cut<'v>(
    segments: &mut Vec<Segment<'v>>,
    window: &'v Window,
    format: Format,
    index: Option<&Index>,
) {
    for segment in segments.iter_mut() {
        segment.window = Some(window);
        if let (Some(index), Format::Bgzf) = (index, format) {
            let only = segment.region.map(|(name, _)| name);
            let ranges = window
                .ranges()
                .filter(|(name, ..)| only.is_none_or(|n| n == *name));
            let chunks = ranges.flat_map(|(name, first, last)| {
                let start = first.saturating_sub(1);
                index.starting(name, start, last.saturating_sub(1))
            });
            segment.spans = common(&segment.spans, &joined(chunks));
        }
    }
    segments.retain(|segment| !segment.spans.is_empty());
}

/// Leaves of segments what lies in these parts of the file.
pub(crate) fn keep(segments: &mut Vec<Segment<'_>>, parts: &[Span]) {
    for segment in segments.iter_mut() {
        segment.spans = common(&segment.spans, parts);
        segment.skips = true;
    }
    segments.retain(|segment| !segment.spans.is_empty());
}

/// Chunks in the order of the file, those that touch as one.
fn joined(chunks: impl Iterator<Item = Chunk>) -> Vec<Span> {
    let mut chunks: Vec<Chunk> = chunks.collect();
    chunks.sort_by_key(|chunk| (chunk.start, chunk.end));
    let mut spans: Vec<Span> = Vec::new();
    for chunk in chunks {
        match spans.last_mut() {
            Some(last) if last.end.is_none_or(|end| chunk.start <= end) => {
                last.end = last.end.max(Some(chunk.end));
            }
            _ => spans.push(Span {
                start: chunk.start,
                end: Some(chunk.end),
            }),
        }
    }
    spans
}

/// What two lists of spans, each in order and without overlaps, have in common.
fn common(one: &[Span], other: &[Span]) -> Vec<Span> {
    let (mut a, mut b) = (one.iter().peekable(), other.iter().peekable());
    let mut found = Vec::new();
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        let start = x.start.max(y.start);
        let end = match (x.end, y.end) {
            (Some(x), Some(y)) => Some(x.min(y)),
            (x, y) => x.or(y),
        };
        if end.is_none_or(|end| start < end) {
            found.push(Span { start, end });
        }
        if x.end.is_some() && x.end == end {
            a.next();
        } else {
            b.next();
        }
    }
    found
}
