//! Counting what a project's files take, all versions: a key when it changes, everything nightly.

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
    let (mut list, mut keys) = (store.version_list(bucket, ""), Vec::new());
    while let Some(versions) = list.next().await? {
        keys.extend(by_key(&versions));
    }
    let used = db.count_all_keys(project_id, &keys, began).await?;
    Ok(used.unsigned_abs())
}

/// Bytes of each key. One that the database cannot hold is left out of it, and so are its bytes.
fn by_key(versions: &[StoredVersion]) -> impl Iterator<Item = (String, i64)> {
    let keys = versions.chunk_by(|a, b| a.key == b.key);
    keys.filter(|versions| !versions[0].key.contains('\0'))
        .map(|versions| {
            let bytes: u64 = versions.iter().map(|version| version.size).sum();
            let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
            (versions[0].key.clone(), bytes)
        })
}
