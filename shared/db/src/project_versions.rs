//! Named, immutable snapshots of a project's files.

use chrono::{DateTime, Utc};
use divbase_contract::audit::AuditAction;
use serde_json::Value;

use crate::{Db, Limited, Origin, Result, audit::NewEntry, project_limits::versions_full};

/// A snapshot without its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectVersion {
    /// Its name, unique in the project.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed, which soft-deleting it is too.
    pub updated_at: DateTime<Utc>,
    /// When it was soft-deleted, if it was.
    pub deleted_at: Option<DateTime<Utc>>,
    /// When it was frozen, if it was: since then nobody can change or delete it.
    pub frozen_at: Option<DateTime<Utc>>,
}

/// A snapshot to be.
#[derive(Clone, Copy, Debug)]
pub struct NewProjectVersion<'a> {
    /// Who makes it.
    pub user_id: i64,
    /// Its name, unique in the project.
    pub name: &'a str,
    /// What it is.
    pub description: &'a str,
    /// From each key to its version.
    pub files: &'a Value,
}

impl Db {
    /// Makes a snapshot, unless the project has as many as it may: `usual`, or what an administrator has set for it.
    ///
    /// # Errors
    /// `project_version_name_once` if the name is taken, `…_length` if a text is too long.
    pub async fn add_project_version(
        &self,
        project_id: i64,
        new: NewProjectVersion<'_>,
        usual: i64,
        by: &Origin,
    ) -> Result<Limited<ProjectVersion>> {
        let NewProjectVersion {
            user_id,
            name,
            description,
            files,
        } = new;
        let mut tx = self.begin().await?;
        if let Some(full) = versions_full(&mut tx, project_id, usual).await? {
            return Ok(Limited::Full(full));
        }
        let made = sqlx::query_as!(
            ProjectVersion,
            "INSERT INTO project_version (project_id, user_id, name, description, files)
             VALUES ($1, $2, $3, $4, $5) RETURNING name, description, created_at, updated_at, deleted_at, frozen_at",
            project_id,
            user_id,
            name,
            description,
            files,
        )
        .fetch_one(&mut *tx)
        .await?;
        told(AuditAction::ProjectVersionCreated, project_id, name)
            .commit(tx, by)
            .await?;
        Ok(Limited::Done(made))
    }

    /// Snapshots of a project, newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn project_versions(&self, project_id: i64) -> Result<Vec<ProjectVersion>> {
        Ok(sqlx::query_as!(
            ProjectVersion,
            "SELECT name, description, created_at, updated_at, deleted_at, frozen_at FROM project_version
             WHERE project_id = $1 ORDER BY created_at DESC, id DESC",
            project_id,
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// One snapshot with its files, soft-deleted ones too.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn project_version(
        &self,
        project_id: i64,
        name: &str,
    ) -> Result<Option<(ProjectVersion, Value)>> {
        let row = sqlx::query!(
            "SELECT name, description, created_at, updated_at, deleted_at, frozen_at, files FROM project_version
             WHERE project_id = $1 AND name = $2",
            project_id,
            name,
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|row| {
            let version = ProjectVersion {
                name: row.name,
                description: row.description,
                created_at: row.created_at,
                updated_at: row.updated_at,
                deleted_at: row.deleted_at,
                frozen_at: row.frozen_at,
            };
            (version, row.files)
        }))
    }

    /// Renames or describes a snapshot that is not soft-deleted; nothing if there is none.
    ///
    /// # Errors
    /// `project_version_name_once` if the new name is taken, `…_length` if a text is too long, `project_version_frozen`.
    pub async fn update_project_version(
        &self,
        project_id: i64,
        name: &str,
        new_name: Option<&str>,
        new_description: Option<&str>,
        by: &Origin,
    ) -> Result<Option<ProjectVersion>> {
        let mut tx = self.begin().await?;
        let changed = sqlx::query_as!(
            ProjectVersion,
            "UPDATE project_version SET name = coalesce($3, name), description = coalesce($4, description),
                    updated_at = now()
             WHERE project_id = $1 AND name = $2 AND deleted_at IS NULL
             RETURNING name, description, created_at, updated_at, deleted_at, frozen_at",
            project_id,
            name,
            new_name,
            new_description,
        )
        .fetch_optional(&mut *tx)
        .await?;
        told(AuditAction::ProjectVersionChanged, project_id, name)
            .with("new_name", new_name)
            .commit_if(changed.is_some(), tx, by)
            .await?;
        Ok(changed)
    }

    /// Soft-deletes a snapshot. Gives when it was deleted and whether that was before; nothing if there is none.
    ///
    /// # Errors
    /// `project_version_frozen`.
    pub async fn delete_project_version(
        &self,
        project_id: i64,
        name: &str,
        by: &Origin,
    ) -> Result<Option<(DateTime<Utc>, bool)>> {
        let mut tx = self.begin().await?;
        let row = sqlx::query!(
            "UPDATE project_version v
             SET deleted_at = coalesce(v.deleted_at, now()),
                 updated_at = CASE WHEN before.already THEN v.updated_at ELSE now() END
             FROM (SELECT id, deleted_at IS NOT NULL AS already FROM project_version
                   WHERE project_id = $1 AND name = $2 FOR UPDATE) before
             WHERE v.id = before.id
             RETURNING v.deleted_at AS \"deleted_at!\", before.already AS \"already!\"",
            project_id,
            name,
        )
        .fetch_optional(&mut *tx)
        .await?;
        told(AuditAction::ProjectVersionDeleted, project_id, name)
            .commit_if(row.as_ref().is_some_and(|row| !row.already), tx, by)
            .await?;
        Ok(row.map(|row| (row.deleted_at, row.already)))
    }

    /// Takes back that a snapshot was soft-deleted; one that was not stays as it is. Nothing if there is none.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn undelete_project_version(
        &self,
        project_id: i64,
        name: &str,
        by: &Origin,
    ) -> Result<Option<ProjectVersion>> {
        let mut tx = self.begin().await?;
        let taken_back = sqlx::query_as!(
            ProjectVersion,
            "UPDATE project_version SET updated_at = now(), deleted_at = NULL
             WHERE project_id = $1 AND name = $2 AND deleted_at IS NOT NULL
             RETURNING name, description, created_at, updated_at, deleted_at, frozen_at",
            project_id,
            name,
        )
        .fetch_optional(&mut *tx)
        .await?;
        told(AuditAction::ProjectVersionRestored, project_id, name)
            .commit_if(taken_back.is_some(), tx, by)
            .await?;
        self.or_as_it_is(taken_back, project_id, name).await
    }

    /// Freezes a snapshot that is not soft-deleted; one that is frozen, or deleted, stays as it is. Nothing if there is none.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn freeze_project_version(
        &self,
        project_id: i64,
        name: &str,
        by: &Origin,
    ) -> Result<Option<ProjectVersion>> {
        let mut tx = self.begin().await?;
        let frozen = sqlx::query_as!(
            ProjectVersion,
            "UPDATE project_version SET updated_at = now(), frozen_at = now()
             WHERE project_id = $1 AND name = $2 AND deleted_at IS NULL AND frozen_at IS NULL
             RETURNING name, description, created_at, updated_at, deleted_at, frozen_at",
            project_id,
            name,
        )
        .fetch_optional(&mut *tx)
        .await?;
        told(AuditAction::ProjectVersionFrozen, project_id, name)
            .commit_if(frozen.is_some(), tx, by)
            .await?;
        self.or_as_it_is(frozen, project_id, name).await
    }

    async fn or_as_it_is(
        &self,
        changed: Option<ProjectVersion>,
        project_id: i64,
        name: &str,
    ) -> Result<Option<ProjectVersion>> {
        match changed {
            Some(changed) => Ok(Some(changed)),
            None => Ok(self
                .project_version(project_id, name)
                .await?
                .map(|(version, _)| version)),
        }
    }
}

/// What the audit log says of a snapshot.
fn told(action: AuditAction, project_id: i64, name: &str) -> NewEntry<'static> {
    NewEntry::of_project(action, project_id).with("name", Some(name))
}
