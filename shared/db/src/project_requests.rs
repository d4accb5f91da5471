//! Projects that people ask for, where administrators decide about each.

use chrono::{DateTime, Utc};
use divbase_contract::{
    audit::AuditAction,
    project_requests::{RequestState, WAITING_REQUESTS_MAX},
};
use sqlx::PgConnection;

use crate::{Db, DbError, Limited, Origin, Result, audit::NewEntry};

/// A request to be.
#[derive(Clone, Copy, Debug)]
pub struct NewProjectRequest<'a> {
    /// Who asks.
    pub user_id: i64,
    /// Name of the project.
    pub name: &'a str,
    /// What it is about.
    pub description: Option<&'a str>,
    /// Quota in bytes.
    pub storage_quota_bytes: i64,
    /// Why it is needed.
    pub reason: &'a str,
}

/// A project that somebody asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectRequest {
    /// Its number.
    pub id: i64,
    /// Who asked.
    pub user_id: i64,
    /// Their address.
    pub email: String,
    /// Name of the project.
    pub name: String,
    /// What it is about.
    pub description: Option<String>,
    /// Quota in bytes.
    pub storage_quota_bytes: i64,
    /// Why it is needed.
    pub reason: String,
    /// What became of it.
    pub state: RequestState,
    /// What the administrator says.
    pub answer: Option<String>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
}

/// That a project is made because somebody asked for it.
#[derive(Clone, Copy, Debug)]
pub struct Approval<'a> {
    /// The request.
    pub request_id: i64,
    /// What is said to who asked.
    pub answer: Option<&'a str>,
}

/// Ends a request that waits, in the transaction that makes its project if it is approved; tells whether it waited.
pub(crate) async fn decide(
    tx: &mut PgConnection,
    id: i64,
    answer: Option<&str>,
    made: Option<i64>,
    by: &Origin,
) -> Result<bool> {
    let (state, action) = match made {
        Some(_) => (RequestState::Approved, AuditAction::ProjectRequestApproved),
        None => (RequestState::Declined, AuditAction::ProjectRequestDeclined),
    };
    let user_id = sqlx::query_scalar!(
        "UPDATE project_request SET state = $2, answer = $3, decided_by = $4, decided_at = now()
         WHERE id = $1 AND state = 'waiting' RETURNING user_id",
        id,
        state.as_str(),
        answer,
        by.user_id,
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(user_id) = user_id else {
        return Ok(false);
    };
    NewEntry::of_user(action, user_id)
        .project(made)
        .with("request", Some(id))
        .write(tx, by)
        .await?;
    Ok(true)
}

impl Db {
    /// Asks for a project, unless as many requests of the account wait as may.
    ///
    /// # Errors
    /// `project_request_once` if the account asks for a project of this name already.
    pub async fn ask_for_project(
        &self,
        new: NewProjectRequest<'_>,
        by: &Origin,
    ) -> Result<Limited<ProjectRequest>> {
        let mut tx = self.begin().await?;
        sqlx::query!(
            "SELECT id FROM app_user WHERE id = $1 FOR NO KEY UPDATE",
            new.user_id
        )
        .fetch_one(&mut *tx)
        .await?;
        let waiting = sqlx::query_scalar!(
            "SELECT count(*) AS \"waiting!\" FROM project_request WHERE user_id = $1 AND state = 'waiting'",
            new.user_id,
        )
        .fetch_one(&mut *tx)
        .await?;
        if waiting >= WAITING_REQUESTS_MAX {
            return Ok(Limited::Full(WAITING_REQUESTS_MAX));
        }
        let id = sqlx::query_scalar!(
            "INSERT INTO project_request (user_id, name, description, storage_quota_bytes, reason)
             VALUES ($1, $2, $3, $4, $5) RETURNING id",
            new.user_id,
            new.name,
            new.description,
            new.storage_quota_bytes,
            new.reason,
        )
        .fetch_one(&mut *tx)
        .await?;
        NewEntry::new(AuditAction::ProjectRequested)
            .with("request", Some(id))
            .with("name", Some(new.name))
            .commit(tx, by)
            .await?;
        let made = self.project_request(id).await?;
        Ok(Limited::Done(made.ok_or(DbError::violated(
            "project_request_user_id_fkey",
        ))?))
    }

    /// A request.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn project_request(&self, id: i64) -> Result<Option<ProjectRequest>> {
        Ok(self.requests(None, false, Some(id), 0, 1).await?.pop())
    }

    /// Requests of an account by number, those after `after`, at most `limit`; without an account those of everybody that wait.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn project_requests(
        &self,
        user_id: Option<i64>,
        after: i64,
        limit: i64,
    ) -> Result<Vec<ProjectRequest>> {
        self.requests(user_id, user_id.is_none(), None, after, limit)
            .await
    }

    async fn requests(
        &self,
        user_id: Option<i64>,
        waiting: bool,
        id: Option<i64>,
        after: i64,
        limit: i64,
    ) -> Result<Vec<ProjectRequest>> {
        sqlx::query!(
            "SELECT r.id, r.user_id, u.email, r.name, r.description, r.storage_quota_bytes, r.reason, r.state, r.answer,
                    r.created_at, r.decided_at
             FROM project_request r JOIN app_user u ON u.id = r.user_id
             WHERE ($1::bigint IS NULL OR r.user_id = $1) AND (NOT $2 OR r.state = 'waiting')
               AND ($3::bigint IS NULL OR r.id = $3) AND r.id > $4
             ORDER BY r.id LIMIT $5",
            user_id,
            waiting,
            id,
            after,
            limit,
        )
        .fetch_all(&self.pool)
        .await?
        .into_iter()
        .map(|row| {
            Ok(ProjectRequest {
                id: row.id,
                user_id: row.user_id,
                email: row.email,
                name: row.name,
                description: row.description,
                storage_quota_bytes: row.storage_quota_bytes,
                reason: row.reason,
                state: RequestState::of(&row.state)
                    .ok_or_else(|| DbError::Corrupt(row.state.clone()))?,
                answer: row.answer,
                created_at: row.created_at,
                decided_at: row.decided_at,
            })
        })
        .collect()
    }

    /// Takes a request of one's own back; tells whether there was one that waited.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn withdraw_project_request(
        &self,
        id: i64,
        user_id: i64,
        by: &Origin,
    ) -> Result<bool> {
        let mut tx = self.begin().await?;
        let name = sqlx::query_scalar!(
            "DELETE FROM project_request WHERE id = $1 AND user_id = $2 AND state = 'waiting' RETURNING name",
            id,
            user_id,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(name) = name else {
            return Ok(false);
        };
        NewEntry::new(AuditAction::ProjectRequestWithdrawn)
            .with("request", Some(id))
            .with("name", Some(name))
            .commit(tx, by)
            .await?;
        Ok(true)
    }

    /// Declines a request; tells whether it waited.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn decline_project_request(
        &self,
        id: i64,
        answer: &str,
        by: &Origin,
    ) -> Result<bool> {
        let mut tx = self.begin().await?;
        let waited = decide(&mut tx, id, Some(answer), None, by).await?;
        tx.commit().await?;
        Ok(waited)
    }

    /// Accounts of administrators that may act, the oldest first, at most `most`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn administrators(&self, most: i64) -> Result<Vec<i64>> {
        Ok(sqlx::query_scalar!(
            "SELECT id FROM app_user WHERE is_admin AND is_active AND NOT is_deleted ORDER BY id LIMIT $1",
            most,
        )
        .fetch_all(&self.pool)
        .await?)
    }
}
