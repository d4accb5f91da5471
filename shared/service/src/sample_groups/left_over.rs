//! Sample groups whose version is gone: what purging missed, and what ended attempts left.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use divbase_contract::{limits::SAMPLE_GROUPS_PREFIX, vcf_keys::is_vcf};
use divbase_storage::{StorageError, Store, StoredVersion, VersionKind};

use super::name;

/// An upload of sample groups that was begun so long ago is nobody's: the task may take less.
const ABANDONED_AFTER: TimeDelta = TimeDelta::days(1);

/// The objects of a bucket that hold sample groups, without those that were claimed.
#[derive(Debug, Default)]
pub(crate) struct LeftOver(HashMap<String, Vec<StoredVersion>>);

impl LeftOver {
    /// Adds versions of objects that hold sample groups.
    pub(crate) fn add(&mut self, groups: Vec<StoredVersion>) {
        for version in groups {
            self.0.entry(version.key.clone()).or_default().push(version);
        }
    }

    /// Whether there are groups of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        let versions = self.0.get(name).into_iter().flatten();
        versions
            .into_iter()
            .any(|one| one.is_latest && one.kind == VersionKind::Data)
    }

    /// Takes out the groups of a version that stays. What later attempts replaced of them is left over all the same.
    pub(crate) fn claim(&mut self, file: &StoredVersion) {
        if self.0.is_empty() || file.kind != VersionKind::Data || !is_vcf(&file.key) {
            return;
        }
        if let Some(groups) = self.0.get_mut(&name(&file.key, &file.version_id)) {
            groups.retain(|one| !one.is_latest || one.kind != VersionKind::Data);
        }
    }

    /// What is left.
    pub(crate) fn versions(&self) -> impl Iterator<Item = &StoredVersion> {
        self.0.values().flatten()
    }
}

/// Gives up the uploads of sample groups that were begun more than a day before `now`.
pub(crate) async fn abort_old_uploads(
    store: &Store,
    bucket: &str,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    let is_old = |upload: &divbase_storage::OpenUpload| upload.begun_at + ABANDONED_AFTER < now;
    let (uploads, _) = store
        .open_uploads(bucket, SAMPLE_GROUPS_PREFIX, usize::MAX, is_old)
        .await?;
    for upload in uploads {
        store
            .abort_upload(bucket, &upload.key, &upload.upload_id)
            .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(key: &str, version_id: &str, is_latest: bool) -> StoredVersion {
        StoredVersion {
            key: key.to_owned(),
            version_id: version_id.to_owned(),
            size: 1,
            last_modified: Utc::now(),
            is_latest,
            kind: VersionKind::Data,
        }
    }

    #[test]
    fn groups_of_versions_that_are_gone_are_left_over() {
        let mut groups = LeftOver::default();
        let of_a = name("a.vcf.gz", "1");
        groups.add(vec![
            version(&of_a, "g1", true),
            version(&of_a, "replaced", false),
            version(&name("a.vcf.gz", "0"), "g2", true),
            version(&name("b.vcf.gz", "1"), "g3", true),
        ]);
        assert!(groups.has(&of_a) && !groups.has(&name("c.vcf.gz", "1")));
        groups.claim(&version("a.vcf.gz", "1", true));
        groups.claim(&version("notes.txt", "1", true));
        let mut left: Vec<&str> = groups.versions().map(|one| &*one.version_id).collect();
        left.sort_unstable();
        assert_eq!(left, ["g2", "g3", "replaced"]);
    }
}
