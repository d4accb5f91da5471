//! What pages show of the present state: how many of what, and how files stand.

use chrono::{DateTime, Utc};

use super::unsigned;
use crate::{Db, Result};

/// How much a project has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileCounts {
    /// Files that can be queried.
    pub queryable: u64,
    /// Files that cannot, for a fault.
    pub faulty: u64,
    /// Records of all files.
    pub records: u64,
    /// Different sample names.
    pub samples: u64,
    /// Different scaffolds that have records.
    pub scaffolds: u64,
}

/// How a file stands in the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileState {
    /// The key.
    pub object_key: String,
    /// The ETag of the version that was looked at, without quotes.
    pub etag: String,
    /// Why it cannot be used, if it cannot.
    pub fault: Option<String>,
    /// Records.
    pub records: u64,
    /// Samples.
    pub samples: u64,
}

/// Tells one present state of a project from another: two that are the same have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PresentMark {
    count: i64,
    sum: i64,
    newest: Option<DateTime<Utc>>,
}

impl Db {
    /// The mark of the present state, which is much quicker to read than the state: what is derived from it can be kept as long as
    /// the mark stays.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn present_mark(&self, project_id: i64) -> Result<PresentMark> {
        // A version that takes the place of another is newer in `updated_at`; files that went change the sum.
        Ok(sqlx::query_as!(
            PresentMark,
            "SELECT count(*) AS \"count!\", coalesce(sum(file_version_id), 0)::bigint AS \"sum!\", max(updated_at) AS newest
             FROM present_file WHERE project_id = $1",
            project_id,
        )
        .fetch_one(&self.pool)
        .await?)
    }

    /// How these files stand, those of them that were looked at.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn file_states(&self, project_id: i64, keys: &[String]) -> Result<Vec<FileState>> {
        Ok(sqlx::query!(
            "SELECT v.object_key, v.etag, v.fault, v.record_count,
                    coalesce(cardinality(l.items), 0) AS \"samples!\"
             FROM present_file p JOIN file_version v ON v.id = p.file_version_id
                  LEFT JOIN text_list l ON l.id = v.samples_id
             WHERE p.project_id = $1 AND p.object_key = ANY($2)",
            project_id,
            keys,
        )
        .map(|row| FileState {
            object_key: row.object_key,
            etag: row.etag,
            fault: row.fault,
            records: unsigned(row.record_count),
            samples: unsigned(row.samples.into()),
        })
        .fetch_all(&self.pool)
        .await?)
    }
}
