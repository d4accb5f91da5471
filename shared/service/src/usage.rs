//! Counting what a project's files take, all versions: a key when it changes, everything nightly.

use std::collections::BTreeMap;

use chrono::Utc;
use divbase_db::{Db, DbError, KeyCount};
use divbase_storage::{StorageError, Store, StoredVersion};

/// What keeps something from being counted.
#[derive(Debug, thiserror::Error)]
pub enum UsageError {
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The object store.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Counts a key of a bucket, as the store has it now.
///
/// # Errors
/// If database or store fail.
pub async fn count_key(
    db: &Db,
    store: &Store,
    bucket: &str,
    key: &str,
) -> Result<KeyCount, UsageError> {
    let bytes = async {
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
) -> Result<u64, UsageError> {
    let began = Utc::now();
    let keys = by_key(store.all_versions(bucket).await?);
    let used = db.count_all_keys(project_id, &keys, began).await?;
    Ok(used.unsigned_abs())
}

/// Bytes of each key. One that the database cannot hold is left out of it, and so are its bytes.
fn by_key(versions: Vec<StoredVersion>) -> Vec<(String, i64)> {
    let mut keys: BTreeMap<String, i64> = BTreeMap::new();
    for version in versions.into_iter().filter(|one| !one.key.contains('\0')) {
        let bytes = i64::try_from(version.size).unwrap_or(i64::MAX);
        let sum = keys.entry(version.key).or_default();
        *sum = sum.saturating_add(bytes);
    }
    keys.into_iter().collect()
}
