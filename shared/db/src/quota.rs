//! How much a project may hold. What it holds is counted from time to time; in between, every upload that is allowed counts
//! as if it had come, so that nobody passes the quota between two counts.

use chrono::{DateTime, Utc};

use crate::{Db, DbError};

/// Whether bytes may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// They may, and count from now on. The number of the promise.
    Promised(i64),
    /// They would be more than the project may hold.
    Full {
        /// Bytes that it holds or was promised.
        used: i64,
        /// Bytes that it may hold.
        quota: i64,
    },
}

impl Db {
    /// Promises a project room for so many bytes, if it has it. Two at the same moment take turns.
    ///
    /// # Errors
    /// If the database fails, or there is no such project.
    pub async fn promise_room(&self, project_id: i64, bytes: i64) -> Result<Room, DbError> {
        let mut tx = self.begin().await?;
        let project = sqlx::query!(
            "SELECT storage_quota_bytes AS quota, storage_used_bytes AS used FROM project
             WHERE id = $1 FOR NO KEY UPDATE",
            project_id,
        )
        .fetch_one(&mut *tx)
        .await?;
        let promised = sqlx::query_scalar!(
            "SELECT coalesce(sum(bytes), 0)::bigint AS \"promised!\" FROM promised_upload WHERE project_id = $1",
            project_id,
        )
        .fetch_one(&mut *tx)
        .await?;
        let used = project.used.saturating_add(promised);
        if used.saturating_add(bytes) > project.quota {
            return Ok(Room::Full {
                used,
                quota: project.quota,
            });
        }
        let id = sqlx::query_scalar!(
            "INSERT INTO promised_upload (project_id, bytes) VALUES ($1, $2) RETURNING id",
            project_id,
            bytes,
        )
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(Room::Promised(id))
    }

    /// Bytes that an upload in parts was promised; nothing if it is not known any more.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn promised_to(
        &self,
        project_id: i64,
        upload_id: &str,
    ) -> Result<Option<i64>, DbError> {
        Ok(sqlx::query_scalar!(
            "SELECT bytes FROM promised_upload WHERE project_id = $1 AND upload_id = $2",
            project_id,
            upload_id,
        )
        .fetch_optional(&self.pool)
        .await?)
    }

    /// Takes back what an upload in parts was promised: it was given up.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn take_promise_back(&self, project_id: i64, upload_id: &str) -> Result<(), DbError> {
        sqlx::query!(
            "DELETE FROM promised_upload WHERE project_id = $1 AND upload_id = $2",
            project_id,
            upload_id,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Notes that an upload in parts has come: from now on its promise is like that of a file in one piece.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn promise_is_kept(&self, project_id: i64, upload_id: &str) -> Result<(), DbError> {
        sqlx::query!(
            "UPDATE promised_upload SET upload_id = NULL, resume_token = NULL, created_at = now()
             WHERE project_id = $1 AND upload_id = $2",
            project_id,
            upload_id,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Notes how many bytes a project takes, by a count that began at an instant. What was promised two hours before it has
    /// come or will not come, because URLs have ended by then; uploads in parts keep their promise for eight days, after
    /// which the store has given them up.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn set_storage_used(
        &self,
        project_id: i64,
        bytes: i64,
        counted_at: DateTime<Utc>,
    ) -> Result<(), DbError> {
        let mut tx = self.begin().await?;
        sqlx::query!(
            "UPDATE project SET storage_used_bytes = $2 WHERE id = $1",
            project_id,
            bytes,
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!(
            "DELETE FROM promised_upload WHERE project_id = $1
               AND created_at < CASE WHEN upload_id IS NULL THEN $2::timestamptz - interval '2 hours'
                                     ELSE $2::timestamptz - interval '8 days' END",
            project_id,
            counted_at,
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }
}
