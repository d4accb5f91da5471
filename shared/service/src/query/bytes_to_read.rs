//! Whether the records of a file can lie in the regions of a command, judged by its index alone, and how much of it has
//! to be read then.

use divbase_db::{Extent, VcfVersion};
use divbase_vcf::{
    command::{Overlap, Sites, ViewStage},
    index::Index,
};

use super::regions::RegionMap;

/// Bytes that are read of any file: its header and, mostly, its first records.
const HEADER: u64 = 32 * 1024;

/// Bytes that the last block of a part can have.
const BLOCK: u64 = 64 * 1024;

/// What has to be read of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BytesToRead {
    /// No record of it can be in the answer; its header may be needed.
    Nothing,
    /// So many bytes.
    Bytes(u64),
}

impl BytesToRead {
    /// Bytes, the header included.
    pub(crate) fn bytes(self) -> u64 {
        match self {
            Self::Nothing => HEADER,
            Self::Bytes(bytes) => bytes,
        }
    }
}

/// What a stage looks at.
#[derive(Debug)]
pub(crate) struct StageRegions {
    /// `-r`, if the stage has it.
    pub(crate) regions: Option<RegionMap>,
    /// `-t` without `^`, if the stage has it.
    targets: Option<(RegionMap, Overlap)>,
}

impl StageRegions {
    /// Of one stage.
    pub(crate) fn new(stage: &ViewStage) -> Self {
        let targets = stage.targets.as_ref();
        let selected = targets.filter(|targets| targets.sites == Sites::Select);
        Self {
            regions: (!stage.regions.is_empty()).then(|| RegionMap::new(&stage.regions)),
            targets: selected
                .map(|targets| (RegionMap::new(&targets.regions), stage.targets_overlap)),
        }
    }

    /// Whether `-t` keeps no record of the file. It compares POS unless told otherwise.
    fn targets_rule_out(&self, file: &VcfVersion) -> bool {
        let Some((targets, overlap)) = &self.targets else {
            return false;
        };
        let mut contigs = targets.contigs();
        !contigs.any(|contig| {
            file.scaffolds.get(contig).is_some_and(|extent| {
                *overlap != Overlap::Position || targets.touches(contig, extent.first, extent.last)
            })
        })
    }
}

/// What the stages have to read of a file. Without its index, what lies in the regions is told by how far its records
/// reach.
pub(crate) fn bytes_to_read(
    file: &VcfVersion,
    index: Option<&Index>,
    stages: &[StageRegions],
) -> BytesToRead {
    let mut least = file.size_bytes;
    for stage in stages {
        if stage.targets_rule_out(file) {
            return BytesToRead::Nothing;
        }
        let Some(regions) = &stage.regions else {
            continue;
        };
        let bytes = match index {
            Some(index) => indexed(file, index, regions),
            None => share(file, regions),
        };
        let Some(bytes) = bytes else {
            return BytesToRead::Nothing;
        };
        least = least.min(bytes);
    }
    BytesToRead::Bytes(least)
}

/// The regions on scaffolds of the file, each scaffold with what the file has there. A record that begins before a
/// region may reach into it, one that begins behind it may not.
fn within<'r>(
    file: &'r VcfVersion,
    regions: &'r RegionMap,
) -> impl Iterator<Item = (&'r str, &'r [(u64, u64)], Extent)> {
    regions.iter().filter_map(|(contig, spans)| {
        let extent = file.scaffolds.get(contig)?;
        let from = spans.partition_point(|(_, end)| *end < extent.first);
        (from < spans.len()).then_some((contig, &spans[from..], extent))
    })
}

/// Bytes of the parts that can hold records of the regions, none if there are none.
fn indexed(file: &VcfVersion, index: &Index, regions: &RegionMap) -> Option<u64> {
    let mut parts = Vec::new();
    for (contig, spans, _) in within(file, regions) {
        for (begin, end) in spans {
            parts.extend(index.query(contig.as_bytes(), begin.saturating_sub(1), *end));
        }
    }
    if parts.is_empty() {
        return None;
    }
    parts.sort_by_key(|part| part.start);
    let (mut bytes, mut done) = (HEADER, 0);
    for part in parts {
        let begin = part.start.block().max(done);
        let end = (part.end.block() + BLOCK).min(file.size_bytes);
        bytes += end.saturating_sub(begin);
        done = done.max(end);
    }
    Some(bytes.min(file.size_bytes))
}

/// The same from the extents alone, as if records lay evenly between the first and the last of a scaffold.
fn share(file: &VcfVersion, regions: &RegionMap) -> Option<u64> {
    let mut records = None;
    for (_, spans, extent) in within(file, regions) {
        let length = (extent.last - extent.first.min(extent.last) + 1) as f64;
        let covered: f64 = spans
            .iter()
            .map(|(begin, end)| {
                let end = (*end).min(extent.last);
                (end + 1).saturating_sub((*begin).max(extent.first)) as f64
            })
            .sum();
        *records.get_or_insert(0.0) += extent.records as f64 * (covered / length).min(1.0);
    }
    let part = records? / file.record_count.max(1) as f64;
    let bytes = HEADER + BLOCK + (file.size_bytes as f64 * part) as u64;
    Some(bytes.min(file.size_bytes))
}
