//! How much a project may hold. What it holds is counted as it changes ([`Db::count_key`]); until a file has come, an upload
//! that is allowed counts as if it had, so that nobody passes the quota by asking for many.

use crate::{Db, Result, statement::Statement};

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
    /// Promises a project room for files of so many bytes each, if it has it for all. A file without a key is an upload in parts,
    /// which gets its key when it has begun. Two at the same moment take turns. The number is that of the last promise.
    ///
    /// # Errors
    /// If the database fails, or there is no such project.
    pub async fn promise_room(
        &self,
        project_id: i64,
        files: &[(Option<&str>, i64)],
    ) -> Result<Room> {
        let bytes = files
            .iter()
            .fold(0_i64, |sum, (_, bytes)| sum.saturating_add(*bytes));
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
        // A key is never empty.
        let (keys, sizes): (Vec<&str>, Vec<i64>) = files
            .iter()
            .map(|(key, bytes)| (key.unwrap_or_default(), *bytes))
            .unzip();
        let ids = sqlx::query_scalar!(
            "INSERT INTO promised_upload (project_id, object_key, bytes)
             SELECT $1, nullif(key, ''), bytes FROM unnest($2::text[], $3::bigint[]) AS file (key, bytes) RETURNING id",
            project_id,
            &keys as &[&str],
            &sizes,
        )
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(Room::Promised(ids.into_iter().max().unwrap_or_default()))
    }

    /// Bytes that an upload in parts was promised; nothing if it is not known any more.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn promised_to(&self, project_id: i64, upload_id: &str) -> Result<Option<i64>> {
        Ok(sqlx::query_scalar!(
            "SELECT bytes FROM promised_upload WHERE project_id = $1 AND upload_id = $2",
            project_id,
            upload_id,
        )
        .fetch_optional(&self.pool)
        .await?)
    }

    /// Takes back what an upload in parts was promised: it was given up, or it has come and is counted. Nothing under another key
    /// than it was begun with: the store knows no such upload, and has ended none.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn take_promise_back(
        &self,
        project_id: i64,
        object_key: &str,
        upload_id: &str,
    ) -> Result<()> {
        sqlx::query!(
            "DELETE FROM promised_upload WHERE project_id = $1 AND object_key = $2 AND upload_id = $3",
            project_id,
            object_key,
            upload_id,
        )
        .run(&self.pool)
        .await
    }

    /// Notes that an upload in parts has come: from now on its promise is like that of a file in one piece.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn promise_is_kept(&self, project_id: i64, upload_id: &str) -> Result<()> {
        sqlx::query!(
            "UPDATE promised_upload SET upload_id = NULL, resume_token = NULL, created_at = now()
             WHERE project_id = $1 AND upload_id = $2",
            project_id,
            upload_id,
        )
        .run(&self.pool)
        .await
    }

    /// Takes a promise back by its number.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn drop_promise(&self, promise: i64) -> Result<()> {
        sqlx::query!("DELETE FROM promised_upload WHERE id = $1", promise)
            .run(&self.pool)
            .await
    }
}
