//! Counting what a project's files take, all versions: a key when it changes, everything nightly.

use chrono::Utc;
use divbase_db::{Db, KeyCount};
use divbase_storage::{StorageError, Store, StoredVersion};

use crate::{Result, sample_groups};

/// Counts a key of a bucket, as the store has it now.
///
/// # Errors
/// If database or store fail.
pub async fn count_key(db: &Db, store: &Store, bucket: &str, key: &str) -> Result<KeyCount> {
    let bytes = async {
        if sample_groups::is_name(key) {
            return Ok(0);
        }
        let versions = store.versions(bucket, key).await?;
        Ok::<_, StorageError>(versions.iter().map(|version| version.size).sum())
    };
    Ok(db.count_key(bucket, key, bytes).await??)
}

/// Counts everything in a project's bucket; gives the bytes.
///
/// # Errors
/// If database or store fail.
pub(crate) async fn count_all(
    db: &Db,
    store: &Store,
    project_id: i64,
    bucket: &str,
) -> Result<u64> {
    let began = Utc::now();
    let (mut list, mut keys) = (store.version_list(bucket, ""), Vec::new());
    while let Some(versions) = list.next().await? {
        keys.extend(by_key(&versions));
    }
    let used = db.count_all_keys(project_id, &keys, began).await?;
    Ok(used.unsigned_abs())
}

/// Bytes of each key. One that the database cannot hold is left out, and so are its bytes.
fn by_key(versions: &[StoredVersion]) -> impl Iterator<Item = (String, i64)> {
    let keys = versions.chunk_by(|a, b| a.key == b.key);
    keys.filter(|versions| is_counted(&versions[0].key))
        .map(|versions| {
            let bytes: u64 = versions.iter().map(|version| version.size).sum();
            let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
            (versions[0].key.clone(), bytes)
        })
}

/// Sample groups are derived, and can be made again at any time.
fn is_counted(key: &str) -> bool {
    !key.contains('\0') && !sample_groups::is_name(key)
}

#[cfg(test)]
mod tests {
    use divbase_storage::VersionKind;

    use super::*;

    #[test]
    fn what_is_derived_is_not_counted() {
        let version = |key: &str| StoredVersion {
            key: key.to_owned(),
            version_id: "1".to_owned(),
            size: 5,
            last_modified: Utc::now(),
            is_latest: true,
            kind: VersionKind::Data,
        };
        let groups = sample_groups::name("a.vcf.gz", "1");
        let versions = [version("a.vcf.gz"), version("a.vcf.gz"), version(&groups)];
        let counted: Vec<_> = by_key(&versions).collect();
        assert_eq!(counted, [("a.vcf.gz".to_owned(), 10)]);
    }
}
