//! What is known of a file, for a copy of it.

use crate::{Db, Result};

/// A version and what was made of it.
#[derive(Clone, Copy, Debug)]
pub struct CopiedVersion<'a> {
    /// The project of both.
    pub project_id: i64,
    /// The key that was copied.
    pub from: &'a str,
    /// The version of it.
    pub from_version: &'a str,
    /// The key of the copy.
    pub to: &'a str,
    /// Its version.
    pub to_version: &'a str,
    /// The ETag of both, without quotes.
    pub etag: &'a str,
}

impl Db {
    /// Notes of a copy with the same ETag what is known of the version that it was made of, if that can be queried. Says whether
    /// there was anything. Which version counts stays as it is.
    ///
    /// # Errors
    /// If the database fails; then nothing is changed.
    pub async fn copy_facts(&self, copied: CopiedVersion<'_>) -> Result<bool> {
        let mut tx = self.begin().await?;
        let made = sqlx::query!(
            "INSERT INTO file_version (project_id, object_key, version_id, etag, size_bytes, verdict, record_count,
                                       samples_id, header_id, scaffolds_id, record_counts, first_positions,
                                       last_positions, reference_fault)
             SELECT project_id, $4, $5, etag, size_bytes, verdict, record_count, samples_id, header_id, scaffolds_id,
                    record_counts, first_positions, last_positions, reference_fault
             FROM file_version
             WHERE project_id = $1 AND object_key = $2 AND version_id = $3 AND etag = $6 AND verdict = 'vcf'
             ON CONFLICT (project_id, object_key, version_id) DO NOTHING
             RETURNING id",
            copied.project_id,
            copied.from,
            copied.from_version,
            copied.to,
            copied.to_version,
            copied.etag,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(made) = made else {
            return Ok(false);
        };
        // Sample groups are an object that goes with the version that they were made of.
        sqlx::query!(
            "INSERT INTO file_sidecar (file_version_id, kind, content)
             SELECT $4, s.kind, s.content
             FROM file_sidecar s JOIN file_version v ON v.id = s.file_version_id
             WHERE v.project_id = $1 AND v.object_key = $2 AND v.version_id = $3
                   AND s.kind <> 'groups'",
            copied.project_id,
            copied.from,
            copied.from_version,
            made.id,
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(true)
    }
}
