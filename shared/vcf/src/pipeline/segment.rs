//! Which parts of the file are read, in which order: all of it, or scaffold by scaffold what the index
//! says holds the regions.

use crate::bgzf::{Format, VirtualOffset};
use crate::index::{Chunk, Index};
use crate::reader::Span;
use crate::view::{RegionSet, Regions, View};

/// Parts of the file that are read for one purpose.
#[derive(Debug)]
pub(crate) struct Segment<'v> {
    /// The scaffold and its regions; `None` for all records.
    pub region: Option<(&'v [u8], &'v RegionSet)>,
    pub spans: Vec<Span>,
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
        })
        .collect()
}

fn spans(index: &Index, scaffold: &[u8], set: &RegionSet) -> Vec<Span> {
    let mut chunks: Vec<Chunk> = set
        .ranges()
        .flat_map(|(start, end)| index.query(scaffold, start, end))
        .collect();
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
