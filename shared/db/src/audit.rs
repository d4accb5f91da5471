//! The audit log. An entry is written in the transaction of what it tells, so that neither is there without the other, or
//! before what is done in the object store; a trigger keeps entries from being changed, and from being deleted within a year.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use divbase_contract::audit::AuditAction;
use sqlx::{PgConnection, types::Json};

use crate::{Db, DbError};

/// Who does something, and from where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The account; nobody for the service itself.
    pub user_id: Option<i64>,
    /// The network address.
    pub address: Option<String>,
    /// The request.
    pub request_id: Option<String>,
}

impl Origin {
    /// The service itself.
    #[must_use]
    pub fn service() -> Self {
        Self::default()
    }
}

/// Whom something is done to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Subject<'a> {
    Nobody,
    User(i64),
    Address(&'a str),
}

/// An entry to be.
#[derive(Clone, Debug)]
pub(crate) struct NewEntry<'a> {
    action: AuditAction,
    subject: Subject<'a>,
    project_id: Option<i64>,
    detail: BTreeMap<&'static str, String>,
}

impl<'a> NewEntry<'a> {
    pub(crate) fn new(action: AuditAction, subject: Subject<'a>) -> Self {
        Self {
            action,
            subject,
            project_id: None,
            detail: BTreeMap::new(),
        }
    }

    pub(crate) fn project(self, id: impl Into<Option<i64>>) -> Self {
        Self {
            project_id: id.into(),
            ..self
        }
    }

    /// Says something besides; nothing if there is no value.
    pub(crate) fn with(
        mut self,
        name: &'static str,
        value: Option<impl std::fmt::Display>,
    ) -> Self {
        if let Some(value) = value {
            self.detail.insert(name, value.to_string());
        }
        self
    }

    /// Writes it.
    pub(crate) async fn write(
        self,
        connection: &mut PgConnection,
        by: &Origin,
    ) -> Result<(), DbError> {
        let (user_id, email) = match self.subject {
            Subject::Nobody => (None, None),
            Subject::User(id) => (Some(id), None),
            Subject::Address(email) => (None, Some(email)),
        };
        sqlx::query!(
            "INSERT INTO audit_entry (action, actor_id, actor_email, user_id, user_email, project_id, project_name,
                                      detail, address, request_id)
             VALUES ($1, $2, (SELECT email FROM app_user WHERE id = $2), $3,
                     coalesce($4, (SELECT email FROM app_user WHERE id = $3)), $5,
                     (SELECT name FROM project WHERE id = $5), $6, $7, $8)",
            self.action.as_str(),
            by.user_id,
            user_id,
            email,
            self.project_id,
            Json(&self.detail) as _,
            by.address,
            by.request_id,
        )
        .execute(connection)
        .await?;
        Ok(())
    }
}

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its number.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// An [`AuditAction`].
    pub action: String,
    /// Who did it.
    pub actor_id: Option<i64>,
    /// Their address at that time.
    pub actor_email: Option<String>,
    /// Whom it was done to.
    pub user_id: Option<i64>,
    /// Their address at that time.
    pub user_email: Option<String>,
    /// The project's name at that time.
    pub project_name: Option<String>,
    /// What the action says besides.
    pub detail: BTreeMap<String, String>,
    /// The network address.
    pub address: Option<String>,
    /// The request.
    pub request_id: Option<String>,
}

impl Db {
    /// Entries, newest first, those before the number `before`, at most `limit`; of one project or of everything.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn audit_log(
        &self,
        project_id: Option<i64>,
        before: i64,
        limit: i64,
    ) -> Result<Vec<AuditEntry>, DbError> {
        // Two statements, because the plan of one must serve both.
        let entries = match project_id {
            Some(project_id) => {
                sqlx::query_as!(
                    AuditEntryRow,
                    "SELECT id, at, action, actor_id, actor_email, user_id, user_email, project_name,
                            detail AS \"detail: Json<BTreeMap<String, String>>\", address, request_id
                     FROM audit_entry WHERE project_id = $1 AND id < $2 ORDER BY project_id DESC, id DESC LIMIT $3",
                    project_id,
                    before,
                    limit,
                )
                .fetch_all(&self.pool)
                .await?
            }
            None => {
                sqlx::query_as!(
                    AuditEntryRow,
                    "SELECT id, at, action, actor_id, actor_email, user_id, user_email, project_name,
                            detail AS \"detail: Json<BTreeMap<String, String>>\", address, request_id
                     FROM audit_entry WHERE id < $1 ORDER BY id DESC LIMIT $2",
                    before,
                    limit,
                )
                .fetch_all(&self.pool)
                .await?
            }
        };
        Ok(entries.into_iter().map(AuditEntry::from).collect())
    }

    /// Deletes entries that are more than a year old; tells how many.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn purge_audit_log(&self) -> Result<u64, DbError> {
        let gone = sqlx::query!("DELETE FROM audit_entry WHERE at < now() - interval '1 year'")
            .execute(&self.pool)
            .await?;
        Ok(gone.rows_affected())
    }
}

struct AuditEntryRow {
    id: i64,
    at: DateTime<Utc>,
    action: String,
    actor_id: Option<i64>,
    actor_email: Option<String>,
    user_id: Option<i64>,
    user_email: Option<String>,
    project_name: Option<String>,
    detail: Json<BTreeMap<String, String>>,
    address: Option<String>,
    request_id: Option<String>,
}

impl From<AuditEntryRow> for AuditEntry {
    fn from(row: AuditEntryRow) -> Self {
        Self {
            id: row.id,
            at: row.at,
            action: row.action,
            actor_id: row.actor_id,
            actor_email: row.actor_email,
            user_id: row.user_id,
            user_email: row.user_email,
            project_name: row.project_name,
            detail: row.detail.0,
            address: row.address,
            request_id: row.request_id,
        }
    }
}
