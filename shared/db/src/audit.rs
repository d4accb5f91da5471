//! The audit log. An entry is written in the transaction of what it tells, so that neither is there without the other, or
//! before what is done in the object store; a trigger keeps entries from being changed, and from being deleted within a year.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use divbase_contract::audit::AuditAction;
use sqlx::{PgConnection, Postgres, Transaction, types::Json};

use crate::{Db, Result, statement::Statement};

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

    /// The account that this makes known, from the same place.
    pub(crate) fn as_user(&self, id: i64) -> Self {
        Self {
            user_id: Some(id),
            ..self.clone()
        }
    }
}

/// An entry to be.
#[derive(Clone, Debug)]
pub(crate) struct NewEntry<'a> {
    action: AuditAction,
    user_id: Option<i64>,
    user_email: Option<&'a str>,
    project_id: Option<i64>,
    detail: BTreeMap<&'static str, String>,
}

impl<'a> NewEntry<'a> {
    pub(crate) fn new(action: AuditAction) -> Self {
        Self {
            action,
            user_id: None,
            user_email: None,
            project_id: None,
            detail: BTreeMap::new(),
        }
    }

    /// Of what is done to an account.
    pub(crate) fn of_user(action: AuditAction, id: i64) -> Self {
        Self {
            user_id: Some(id),
            ..Self::new(action)
        }
    }

    /// Of what is done to somebody who may have no account.
    pub(crate) fn of_address(action: AuditAction, email: &'a str) -> Self {
        Self {
            user_email: Some(email),
            ..Self::new(action)
        }
    }

    /// Of what is done to a project.
    pub(crate) fn of_project(action: AuditAction, id: i64) -> Self {
        Self::new(action).project(id)
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
    pub(crate) async fn write(self, connection: &mut PgConnection, by: &Origin) -> Result<()> {
        sqlx::query!(
            "INSERT INTO audit_entry (action, actor_id, actor_email, user_id, user_email, project_id, project_name,
                                      detail, address, request_id)
             VALUES ($1, $2, (SELECT email FROM app_user WHERE id = $2), $3,
                     coalesce($4, (SELECT email FROM app_user WHERE id = $3)), $5,
                     (SELECT name FROM project WHERE id = $5), $6, $7, $8)",
            self.action.as_str(),
            by.user_id,
            self.user_id,
            self.user_email,
            self.project_id,
            Json(&self.detail) as _,
            by.address,
            by.request_id,
        )
        .run(connection)
        .await
    }

    /// Writes it, and commits what it tells of.
    pub(crate) async fn commit(
        self,
        tx: Transaction<'static, Postgres>,
        by: &Origin,
    ) -> Result<()> {
        self.commit_if(true, tx, by).await
    }

    /// Commits, and writes it before if what it tells of has happened.
    pub(crate) async fn commit_if(
        self,
        happened: bool,
        mut tx: Transaction<'static, Postgres>,
        by: &Origin,
    ) -> Result<()> {
        if happened {
            self.write(&mut tx, by).await?;
        }
        Ok(tx.commit().await?)
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
    pub detail: Json<BTreeMap<String, String>>,
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
    ) -> Result<Vec<AuditEntry>> {
        // Two statements, because the plan of one must serve both.
        Ok(match project_id {
            Some(project_id) => {
                sqlx::query_as!(
                    AuditEntry,
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
                    AuditEntry,
                    "SELECT id, at, action, actor_id, actor_email, user_id, user_email, project_name,
                            detail AS \"detail: Json<BTreeMap<String, String>>\", address, request_id
                     FROM audit_entry WHERE id < $1 ORDER BY id DESC LIMIT $2",
                    before,
                    limit,
                )
                .fetch_all(&self.pool)
                .await?
            }
        })
    }

    /// Deletes entries that are more than a year old; tells how many.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn purge_audit_log(&self) -> Result<u64> {
        sqlx::query!("DELETE FROM audit_entry WHERE at < now() - interval '1 year'")
            .changed(&self.pool)
            .await
    }
}
