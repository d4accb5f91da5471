//! Which files of a plan are read by their sample groups, and which should have some.

use std::{collections::HashSet, sync::Arc};

use divbase_db::{Sidecar, VcfVersion};

use super::SampleGroups;
use crate::{Result, Services};

/// Groups are read if it is so many times less than of the file.
const WORTH: u64 = 2;

/// So few samples are few: one of so many, at most.
const ONE_OF: usize = 20;

/// Bytes that are read of any file for its header.
const EDGE: u64 = 32 * 1024;

/// A file that a plan reads.
pub(crate) struct Candidate<'f> {
    /// The file.
    pub(crate) file: &'f VcfVersion,
    /// The samples that are kept of it.
    pub(crate) kept: &'f [String],
    /// Bytes that are read of it without groups.
    pub(crate) bytes: u64,
}

/// What is to be done with a file.
pub(crate) enum Choice {
    /// It is read by its groups, so many bytes.
    Read(Arc<SampleGroups>, u64),
    /// It has none, and they would be of use.
    Unmade,
    /// It is read as it is.
    File,
}

/// Chooses for each file. `headers` are the rows of those of which the stages look at no other samples than those kept.
///
/// # Errors
/// If the database fails.
pub(crate) async fn choose(
    services: &Services,
    bucket: &str,
    headers: &HashSet<i64>,
    candidates: &[Candidate<'_>],
) -> Result<Vec<Choice>> {
    let setting = services.settings.sample_groups;
    let is_asked = |candidate: &Candidate<'_>| {
        let (all, kept) = (candidate.file.samples.len(), candidate.kept.len());
        setting.from.is_some_and(|from| all >= from)
            && kept > 0
            && kept.saturating_mul(ONE_OF) <= all
            && headers.contains(&candidate.file.header_id)
    };
    let asked = candidates.iter().filter(|candidate| is_asked(candidate));
    let ids: Vec<i64> = asked.map(|candidate| candidate.file.id).collect();
    if ids.is_empty() {
        return Ok(candidates.iter().map(|_| Choice::File).collect());
    }
    let mut known = services.db.file_sidecars(&ids, Sidecar::Groups).await?;
    let choices = candidates.iter().map(|candidate| {
        if !is_asked(candidate) {
            return Choice::File;
        }
        match known.remove(&candidate.file.id) {
            None if candidate.file.size_bytes <= setting.largest => Choice::Unmade,
            None => Choice::File,
            Some(bytes) => read(candidate, &bytes, bucket),
        }
    });
    Ok(choices.collect())
}

/// Whether groups are worth reading: their share of what is read of the file.
fn read(candidate: &Candidate<'_>, bytes: &[u8], bucket: &str) -> Choice {
    let Some(groups) = SampleGroups::parse(bytes, bucket) else {
        return Choice::File;
    };
    let file = candidate.file;
    let columns: Vec<usize> = candidate
        .kept
        .iter()
        .filter_map(|name| file.samples.place(name))
        .collect();
    let all = groups.directory.bytes_to_read(&columns, None);
    let part = candidate.bytes as f64 / file.size_bytes.max(1) as f64;
    let bytes = EDGE + (all as f64 * part.min(1.0)) as u64;
    let fits = groups.directory.file_length() == file.size_bytes
        && groups.directory.samples() == file.samples.len();
    if fits && bytes.saturating_mul(WORTH) <= candidate.bytes {
        Choice::Read(Arc::new(groups), bytes)
    } else {
        Choice::File
    }
}
