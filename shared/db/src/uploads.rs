//! Uploads in parts: whose they are, where they go, and the clients' own names for them.

use sqlx::PgConnection;

use crate::{Db, Result};

/// An upload in parts that the store has just begun.
#[derive(Clone, Copy, Debug)]
pub struct BegunUpload<'a> {
    /// The project.
    pub project_id: i64,
    /// Who begins it.
    pub user_id: i64,
    /// The key that it writes.
    pub object_key: &'a str,
    /// Bytes that were declared.
    pub bytes: u64,
    /// The client's name for it.
    pub resume_token: Option<&'a str>,
}

/// What is known of an upload in parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotedUpload {
    /// The store's name for it.
    pub upload_id: String,
    /// Bytes that were declared.
    pub bytes: u64,
    /// Who began it, unless the account is gone.
    pub user_id: Option<i64>,
    /// That person's e-mail address.
    pub email: Option<String>,
}

impl Db {
    /// The store's name for the upload that this person began under a token, with this key and size.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn upload_of_token(&self, upload: &BegunUpload<'_>) -> Result<Option<String>> {
        let mut tx = self.begin().await?;
        by_token(&mut tx, upload).await
    }

    /// Notes which upload a promise is for. If another request with the same token was faster, the promise is taken back and the
    /// store's name for the other upload is given.
    ///
    /// # Errors
    /// If the database fails; then nothing is changed.
    pub async fn promise_is_for(
        &self,
        promise: i64,
        upload_id: &str,
        upload: &BegunUpload<'_>,
    ) -> Result<Option<String>> {
        let mut tx = self.begin().await?;
        // Requests of one project take turns, as those for room do.
        sqlx::query!(
            "SELECT id FROM project WHERE id = $1 FOR NO KEY UPDATE",
            upload.project_id
        )
        .fetch_one(&mut *tx)
        .await?;
        let first = by_token(&mut tx, upload).await?;
        if first.is_some() {
            sqlx::query!("DELETE FROM promised_upload WHERE id = $1", promise)
                .execute(&mut *tx)
                .await?;
        } else {
            sqlx::query!(
                "UPDATE promised_upload SET upload_id = $2, object_key = $3, user_id = $4, resume_token = $5
                 WHERE id = $1",
                promise,
                upload_id,
                upload.object_key,
                upload.user_id,
                upload.resume_token,
            )
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(first)
    }

    /// What is known of a project's uploads in parts.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn noted_uploads(&self, project_id: i64) -> Result<Vec<NotedUpload>> {
        Ok(sqlx::query!(
            "SELECT p.upload_id AS \"upload_id!\", p.bytes, p.user_id, u.email AS \"email?\"
             FROM promised_upload p LEFT JOIN app_user u ON u.id = p.user_id
             WHERE p.project_id = $1 AND p.upload_id IS NOT NULL",
            project_id,
        )
        .map(|row| NotedUpload {
            upload_id: row.upload_id,
            bytes: row.bytes.unsigned_abs(),
            user_id: row.user_id,
            email: row.email,
        })
        .fetch_all(&self.pool)
        .await?)
    }
}

async fn by_token(tx: &mut PgConnection, upload: &BegunUpload<'_>) -> Result<Option<String>> {
    let Some(token) = upload.resume_token else {
        return Ok(None);
    };
    let found = sqlx::query_scalar!(
        "SELECT upload_id FROM promised_upload
         WHERE project_id = $1 AND resume_token = $2 AND user_id = $3 AND object_key = $4 AND bytes = $5
           AND upload_id IS NOT NULL ORDER BY id LIMIT 1",
        upload.project_id,
        token,
        upload.user_id,
        upload.object_key,
        i64::try_from(upload.bytes).unwrap_or(i64::MAX),
    )
    .fetch_optional(&mut *tx)
    .await?;
    Ok(found.flatten())
}
