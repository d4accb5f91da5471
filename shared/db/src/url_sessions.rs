//! Sessions that signed URLs of the store and stand for nothing any more: a membership or link that ended, a role that got less,
//! a project that is not public any more. Triggers note them (`0541_url_sessions.sql`), whatever ends them.

use chrono::{DateTime, Utc};
use sqlx::{Postgres, Transaction};

use crate::{Db, DbError};

/// Sessions of a project that ended, while nobody else tells its bucket of them.
#[derive(Debug)]
pub struct EndedUrlSessions {
    /// The project's bucket.
    pub bucket_name: String,
    /// Their numbers, newest first.
    pub sessions: Vec<i64>,
    project_id: i64,
    since: DateTime<Utc>,
    tx: Transaction<'static, Postgres>,
}

impl Db {
    /// Projects of which sessions ended since an instant that their buckets have not been told of.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn projects_with_ended_urls(
        &self,
        since: DateTime<Utc>,
    ) -> Result<Vec<i64>, DbError> {
        Ok(sqlx::query_scalar!(
            "SELECT DISTINCT e.project_id FROM ended_url_session e JOIN project p ON p.id = e.project_id
             WHERE e.refused_at IS NULL AND e.ended_at > $1 ORDER BY e.project_id",
            since,
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// All sessions of a project that ended since an instant; nothing if there is no such project. Others who ask wait until the
    /// answer is dropped.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn ended_url_sessions(
        &self,
        project_id: i64,
        since: DateTime<Utc>,
    ) -> Result<Option<EndedUrlSessions>, DbError> {
        let mut tx = self.begin().await?;
        sqlx::query!(
            "SELECT pg_advisory_xact_lock(hashtextextended('url sessions', $1))",
            project_id,
        )
        .fetch_one(&mut *tx)
        .await?;
        let bucket =
            sqlx::query_scalar!("SELECT bucket_name FROM project WHERE id = $1", project_id)
                .fetch_optional(&mut *tx)
                .await?;
        let Some(bucket_name) = bucket else {
            return Ok(None);
        };
        let sessions = sqlx::query_scalar!(
            "SELECT url_session FROM ended_url_session WHERE project_id = $1 AND ended_at > $2
             ORDER BY url_session DESC",
            project_id,
            since,
        )
        .fetch_all(&mut *tx)
        .await?;
        Ok(Some(EndedUrlSessions {
            bucket_name,
            sessions,
            project_id,
            since,
            tx,
        }))
    }

    /// Forgets sessions that ended before an instant, of all projects.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn forget_url_sessions(&self, before: DateTime<Utc>) -> Result<(), DbError> {
        sqlx::query!("DELETE FROM ended_url_session WHERE ended_at < $1", before)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

impl EndedUrlSessions {
    /// Notes that the bucket refuses these of them, and forgets what ended before.
    ///
    /// # Errors
    /// If the database fails; then the bucket is told once more.
    pub async fn refused(mut self, sessions: &[i64]) -> Result<(), DbError> {
        sqlx::query!(
            "UPDATE ended_url_session SET refused_at = now() WHERE url_session = ANY($1) AND refused_at IS NULL",
            sessions,
        )
        .execute(&mut *self.tx)
        .await?;
        sqlx::query!(
            "DELETE FROM ended_url_session WHERE project_id = $1 AND ended_at <= $2",
            self.project_id,
            self.since,
        )
        .execute(&mut *self.tx)
        .await?;
        self.tx.commit().await?;
        Ok(())
    }
}
