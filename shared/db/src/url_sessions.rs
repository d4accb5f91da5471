//! Sessions that signed URLs of the store and stand for nothing any more: a membership or link that ended, a role that got less,
//! a project that is not public any more. Triggers note them (`0541_url_sessions.sql`), whatever ends them.

use chrono::{DateTime, Utc};
use sqlx::{Postgres, Transaction};

use crate::{Db, Result, members::lock, statement::Statement};

/// Sessions of a project that ended, while nobody else tells its bucket of them.
#[derive(Debug)]
pub struct EndedUrlSessions {
    /// The project's bucket.
    pub bucket_name: String,
    /// Every session up to this number has ended; nothing if single ones did.
    pub all_up_to: Option<i64>,
    /// The numbers of others, newest first.
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
    pub async fn projects_with_ended_urls(&self, since: DateTime<Utc>) -> Result<Vec<i64>> {
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
    ) -> Result<Option<EndedUrlSessions>> {
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
        let mut ended = sqlx::query!(
            "SELECT url_session, with_all_before FROM ended_url_session WHERE project_id = $1 AND ended_at > $2
             ORDER BY url_session DESC",
            project_id,
            since,
        )
        .fetch_all(&mut *tx)
        .await?;
        let all_up_to = ended.iter().find(|one| one.with_all_before);
        let all_up_to = all_up_to.map(|one| one.url_session);
        ended.retain(|one| all_up_to.is_none_or(|up_to| one.url_session > up_to));
        Ok(Some(EndedUrlSessions {
            bucket_name,
            all_up_to,
            sessions: ended.into_iter().map(|one| one.url_session).collect(),
            project_id,
            since,
            tx,
        }))
    }

    /// Ends every session that a project has: whoever is let in gets another one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn end_all_url_sessions(&self, project_id: i64) -> Result<()> {
        let mut tx = self.begin().await?;
        // Memberships and links that are made now wait, and get a number above.
        lock(&mut tx, project_id).await?;
        let last = sqlx::query_scalar!(
            "SELECT max(url_session) FROM (
                 SELECT url_session FROM ended_url_session WHERE project_id = $1
                 UNION ALL SELECT url_session FROM project_membership WHERE project_id = $1
                 UNION ALL SELECT url_session FROM share_link WHERE project_id = $1
                 UNION ALL SELECT url_session FROM project WHERE id = $1
             ) AS every",
            project_id,
        )
        .fetch_one(&mut *tx)
        .await?;
        let Some(last) = last else {
            return Ok(());
        };
        sqlx::query!(
            "WITH members AS (
                 UPDATE project_membership SET url_session = nextval('url_session') WHERE project_id = $1
             ), links AS (
                 UPDATE share_link SET url_session = nextval('url_session') WHERE project_id = $1 AND revoked_at IS NULL
             )
             UPDATE project SET url_session = nextval('url_session') WHERE id = $1",
            project_id,
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!(
            "DELETE FROM ended_url_session WHERE project_id = $1",
            project_id
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!(
            "INSERT INTO ended_url_session (url_session, project_id, with_all_before) VALUES ($1, $2, true)",
            last,
            project_id,
        )
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// Forgets sessions that ended before an instant, of all projects.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn forget_url_sessions(&self, before: DateTime<Utc>) -> Result<()> {
        sqlx::query!("DELETE FROM ended_url_session WHERE ended_at < $1", before)
            .run(&self.pool)
            .await
    }
}

impl EndedUrlSessions {
    /// Notes that the bucket refuses them, and forgets what ended before.
    ///
    /// # Errors
    /// If the database fails; then the bucket is told once more.
    pub async fn refused(mut self) -> Result<()> {
        let mut told = self.sessions;
        told.extend(self.all_up_to);
        sqlx::query!(
            "UPDATE ended_url_session SET refused_at = now() WHERE url_session = ANY($1) AND refused_at IS NULL",
            &told,
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
        Ok(self.tx.commit().await?)
    }
}
