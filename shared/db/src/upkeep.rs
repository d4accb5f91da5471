//! What the periodic tasks do outside the task system: old tokens, and how much room projects take.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use crate::{Db, Result, statement::Statement};

/// Tokens that were deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PurgedTokens {
    /// Revoked tokens, which have expired by themselves since.
    pub revoked: u64,
    /// Personal access tokens that were taken back.
    pub personal: u64,
}

impl Db {
    /// Deletes tokens that were revoked before an instant.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn purge_tokens(&self, before: DateTime<Utc>) -> Result<PurgedTokens> {
        let revoked = sqlx::query!("DELETE FROM revoked_token WHERE revoked_at < $1", before)
            .changed(&self.pool)
            .await?;
        sqlx::query!("DELETE FROM session WHERE expires_at < now()")
            .execute(&self.pool)
            .await?;
        let personal = sqlx::query!(
            "DELETE FROM personal_access_token WHERE revoked_at < $1",
            before
        )
        .changed(&self.pool)
        .await?;
        Ok(PurgedTokens { revoked, personal })
    }

    /// Number and bucket of every active project.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn active_buckets(&self) -> Result<Vec<(i64, String)>> {
        Ok(
            sqlx::query!("SELECT id, bucket_name FROM project WHERE is_active ORDER BY id")
                .map(|row| (row.id, row.bucket_name))
                .fetch_all(&self.pool)
                .await?,
        )
    }

    /// Number and bucket of every active project of which files have changed or may change, as far as that is known to us.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn changing_buckets(&self) -> Result<Vec<(i64, String)>> {
        Ok(sqlx::query!(
            "SELECT id, bucket_name FROM project WHERE is_active AND id IN (
                 SELECT project_id FROM changed_file WHERE possible_until IS NULL OR possible_until > now())
             ORDER BY id"
        )
        .map(|row| (row.id, row.bucket_name))
        .fetch_all(&self.pool)
        .await?)
    }

    /// Number and bucket of every project that is not deleted, inactive ones included.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn undeleted_buckets(&self) -> Result<Vec<(i64, String)>> {
        Ok(
            sqlx::query!("SELECT id, bucket_name FROM project WHERE NOT is_deleted ORDER BY id")
                .map(|row| (row.id, row.bucket_name))
                .fetch_all(&self.pool)
                .await?,
        )
    }

    /// Key and version id of every object version that a project version names, softly deleted ones included.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn protected_versions(&self, project_id: i64) -> Result<HashSet<(String, String)>> {
        Ok(sqlx::query!(
            "SELECT DISTINCT f.key AS \"key!\", f.value->>'version_id' AS \"version_id!\"
             FROM project_version v CROSS JOIN LATERAL jsonb_each(v.files) f WHERE v.project_id = $1",
            project_id,
        )
        .map(|row| (row.key, row.version_id))
        .fetch_all(&self.pool)
        .await?
        .into_iter()
        .collect())
    }

    /// Deletes project versions that were softly deleted before an instant; tells how many.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn purge_project_versions(&self, before: DateTime<Utc>) -> Result<u64> {
        sqlx::query!("DELETE FROM project_version WHERE deleted_at < $1", before)
            .changed(&self.pool)
            .await
    }
}
