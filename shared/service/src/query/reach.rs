//! Whether the records of a file can lie in the regions of a command, judged by its index alone, and how much of it has
//! to be read then.

use divbase_db::VcfVersion;
use divbase_vcf::{
    command::{Overlap, Pipeline, Region, Sites, Span, ViewStage},
    index::Index,
};

use super::choose::scaffold;

/// Bytes that are read of any file: its header and, mostly, its first records.
const HEADER: u64 = 32 * 1024;

/// Bytes that the last block of a part can have.
const BLOCK: u64 = 64 * 1024;

/// What has to be read of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// No record of it can be in the answer; its header may be needed.
    Nothing,
    /// So many bytes.
    Bytes(u64),
}

impl Reach {
    /// Bytes, the header included.
    pub(crate) fn bytes(self) -> u64 {
        match self {
            Self::Nothing => HEADER,
            Self::Bytes(bytes) => bytes,
        }
    }
}

/// What the stages have to read of a file.
pub(crate) fn reach(file: &VcfVersion, index: Option<&Index>, pipeline: &Pipeline) -> Reach {
    let size = u64::try_from(file.size_bytes).unwrap_or_default();
    let mut least = size;
    for stage in &pipeline.stages {
        if targets_rule_out(file, stage) {
            return Reach::Nothing;
        }
        if stage.regions.is_empty() {
            continue;
        }
        let Some(bytes) = regions_reach(file, index, &stage.regions, size) else {
            return Reach::Nothing;
        };
        least = least.min(bytes);
    }
    Reach::Bytes(least)
}

/// Bytes of the parts that can hold records of the regions, none if there are none.
fn regions_reach(
    file: &VcfVersion,
    index: Option<&Index>,
    regions: &[Region],
    size: u64,
) -> Option<u64> {
    let mut touched = false;
    let mut parts = Vec::new();
    for region in regions {
        let Some(scaffold) = scaffold(file, region) else {
            continue;
        };
        let (begin, end) = bounds(region);
        // A record that begins before the region may reach into it, one that begins behind it may not.
        if u64::try_from(scaffold.first_position).unwrap_or_default() > end {
            continue;
        }
        match index {
            Some(index) => {
                let found = index.query(region.contig.as_bytes(), begin.saturating_sub(1), end);
                touched |= !found.is_empty();
                parts.extend(found);
            }
            None => touched = true,
        }
    }
    if !touched {
        return None;
    }
    if index.is_none() {
        return Some(size);
    }
    parts.sort_by_key(|part| part.start);
    let (mut bytes, mut done) = (HEADER, 0);
    for part in parts {
        let begin = part.start.block().max(done);
        let end = (part.end.block() + BLOCK).min(size);
        bytes += end.saturating_sub(begin);
        done = done.max(end);
    }
    Some(bytes.min(size))
}

/// Whether `-t` keeps no record of the file. It compares POS unless told otherwise.
fn targets_rule_out(file: &VcfVersion, stage: &ViewStage) -> bool {
    let Some(targets) = &stage.targets else {
        return false;
    };
    if targets.sites != Sites::Select {
        return false;
    }
    !targets.regions.iter().any(|region| {
        let (begin, end) = bounds(region);
        scaffold(file, region).is_some_and(|scaffold| {
            let first = u64::try_from(scaffold.first_position).unwrap_or_default();
            let last = u64::try_from(scaffold.last_position).unwrap_or_default();
            stage.targets_overlap != Overlap::Position || (first <= end && begin <= last)
        })
    })
}

/// 1-based and inclusive.
fn bounds(region: &Region) -> (u64, u64) {
    let span = region.span.unwrap_or(Span {
        begin: 0,
        end: None,
    });
    (span.begin, span.end.unwrap_or(u64::MAX - 1))
}
