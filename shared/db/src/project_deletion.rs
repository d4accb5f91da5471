//! Deleting a project: asked for, taken back while its grace time lasts, done when that is over.

use chrono::{DateTime, TimeDelta, Utc};
use divbase_contract::{Role, audit::AuditAction};

use crate::{Db, Origin, Result, audit::NewEntry, statement::Statement};

/// A project whose grace time is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoomedProject {
    /// Its number.
    pub project_id: i64,
    /// Its bucket.
    pub bucket_name: String,
}

/// What became of taking a deletion back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undeletion {
    /// The project is as it was.
    Done,
    /// It was not to be deleted.
    NotDeleted,
    /// It is being destroyed.
    TooLate,
}

impl Db {
    /// Closes a project, to be destroyed after a grace time. Asked again, the first end holds. Gives that end.
    ///
    /// # Errors
    /// A foreign key if there is no such project.
    pub async fn ask_project_deletion(
        &self,
        project_id: i64,
        grace: TimeDelta,
        by: &Origin,
    ) -> Result<DateTime<Utc>> {
        let mut tx = self.begin().await?;
        let was_active = sqlx::query_scalar!(
            "SELECT is_active FROM project WHERE id = $1 FOR UPDATE",
            project_id
        )
        .fetch_optional(&mut *tx)
        .await?;
        let asked = sqlx::query_scalar!(
            "INSERT INTO project_deletion (project_id, asked_by, due_at, was_active)
             VALUES ($1, $2, $3, $4) ON CONFLICT (project_id) DO NOTHING RETURNING due_at",
            project_id,
            by.user_id,
            Utc::now() + grace,
            was_active.unwrap_or_default(),
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(due_at) = asked else {
            let due_at = sqlx::query_scalar!(
                "SELECT due_at FROM project_deletion WHERE project_id = $1",
                project_id
            )
            .fetch_one(&mut *tx)
            .await?;
            return Ok(due_at);
        };
        sqlx::query!(
            "UPDATE project SET is_active = false WHERE id = $1",
            project_id
        )
        .execute(&mut *tx)
        .await?;
        NewEntry::of_project(AuditAction::ProjectDeletionAsked, project_id)
            .with("due_at", Some(due_at.to_rfc3339()))
            .commit(tx, by)
            .await?;
        Ok(due_at)
    }

    /// The project of this name and the account's role in it, whatever the project's state; nothing if there is none.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn project_in_any_state(
        &self,
        user_id: i64,
        name: &str,
    ) -> Result<Option<(i64, Option<Role>)>> {
        let row = sqlx::query!(
            "SELECT p.id, m.role AS \"role?\" FROM project p
             LEFT JOIN project_membership m ON m.project_id = p.id AND m.user_id = $1
             WHERE p.name = $2 AND NOT p.is_deleted",
            user_id,
            name,
        )
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| {
            let role = row.role.as_deref().map(crate::projects::role).transpose()?;
            Ok((row.id, role))
        })
        .transpose()
    }

    /// Name of a project that is to be deleted, and when.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn project_deletion(
        &self,
        project_id: i64,
    ) -> Result<Option<(String, DateTime<Utc>)>> {
        let row = sqlx::query!(
            "SELECT p.name, d.due_at FROM project_deletion d JOIN project p ON p.id = d.project_id
             WHERE d.project_id = $1",
            project_id,
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|row| (row.name, row.due_at)))
    }

    /// Takes the deletion of a project back: it is open again if it was.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn take_project_deletion_back(
        &self,
        project_id: i64,
        by: &Origin,
    ) -> Result<Undeletion> {
        let mut tx = self.begin().await?;
        let deletion = sqlx::query!(
            "SELECT was_active, begun_at IS NOT NULL AS \"is_begun!\" FROM project_deletion
             WHERE project_id = $1 FOR UPDATE",
            project_id,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let was_active = match deletion {
            None => return Ok(Undeletion::NotDeleted),
            Some(deletion) if deletion.is_begun => return Ok(Undeletion::TooLate),
            Some(deletion) => deletion.was_active,
        };
        sqlx::query!(
            "DELETE FROM project_deletion WHERE project_id = $1",
            project_id
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!(
            "UPDATE project SET is_active = $2 WHERE id = $1",
            project_id,
            was_active
        )
        .execute(&mut *tx)
        .await?;
        NewEntry::of_project(AuditAction::ProjectDeletionTakenBack, project_id)
            .commit(tx, by)
            .await?;
        Ok(Undeletion::Done)
    }

    /// Projects whose grace time is over, and those whose destruction was interrupted. From now on none can be taken back.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn begin_due_deletions(&self) -> Result<Vec<DoomedProject>> {
        Ok(sqlx::query_as!(
            DoomedProject,
            "UPDATE project_deletion d SET begun_at = coalesce(d.begun_at, now())
             FROM project p WHERE p.id = d.project_id AND d.due_at <= now()
             RETURNING p.id AS project_id, p.bucket_name"
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// Removes a project whose bucket is gone, with all that the database knows of it but the audit log. Its name is free.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn remove_project(&self, project_id: i64) -> Result<()> {
        let mut tx = self.begin().await?;
        // Written first: the entry has the project's name.
        NewEntry::of_project(AuditAction::ProjectDeleted, project_id)
            .write(&mut tx, &Origin::service())
            .await?;
        let removed = sqlx::query!(
            "DELETE FROM project p USING project_deletion d
             WHERE p.id = $1 AND d.project_id = p.id AND d.begun_at IS NOT NULL",
            project_id
        )
        .changed(&mut *tx)
        .await?;
        if removed > 0 {
            // Noted by the memberships that went; there is no bucket left that could refuse anything.
            sqlx::query!(
                "DELETE FROM ended_url_session WHERE project_id = $1",
                project_id
            )
            .execute(&mut *tx)
            .await?;
            tx.commit().await?;
        }
        Ok(())
    }
}
