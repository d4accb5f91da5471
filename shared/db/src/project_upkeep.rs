//! Making, listing and changing projects.

use chrono::{DateTime, Utc};
use divbase_contract::{Role, audit::AuditAction};

use crate::{
    Approval, Db, DbError, NewProject, Origin, Project, Result, audit::NewEntry,
    project_requests::decide, projects::role, statement::Statement,
};

/// A project in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectSummary {
    /// Its row.
    pub project: Project,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// How many members it has.
    pub members: i64,
    /// The role of the account that asks.
    pub role: Option<Role>,
    /// Limits that an administrator has set for it.
    pub limits: SetLimits,
    /// When it will be destroyed, if it is to be.
    pub deleted_after: Option<DateTime<Utc>>,
}

/// How much a project may have, as far as an administrator has said so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SetLimits {
    /// Versions of the project.
    pub versions: Option<i32>,
    /// Folders.
    pub folders: Option<i32>,
    /// Tasks that may wait.
    pub waiting: Option<i32>,
}

/// What becomes of a project. A field that is `None` stays as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProjectChange<'a> {
    /// Free text.
    pub description: Option<&'a str>,
    /// Quota in bytes.
    pub storage_quota_bytes: Option<i64>,
    /// Whether it is open.
    pub is_active: Option<bool>,
    /// Limits of its own.
    pub limits: SetLimits,
}

/// What a project is called and where its files are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectPlace {
    /// Its name.
    pub project_name: String,
    /// Its bucket.
    pub bucket_name: String,
}

impl Db {
    /// Name and bucket of a project.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn project_place(&self, project_id: i64) -> Result<Option<ProjectPlace>> {
        Ok(sqlx::query_as!(
            ProjectPlace,
            "SELECT name AS project_name, bucket_name FROM project WHERE id = $1",
            project_id,
        )
        .fetch_optional(&self.pool)
        .await?)
    }

    /// Notes a bucket that is about to be made for a new project.
    ///
    /// # Errors
    /// If the database fails, or the bucket is noted already.
    pub async fn note_unfinished_bucket(&self, bucket: &str) -> Result<()> {
        sqlx::query!(
            "INSERT INTO unfinished_bucket (bucket_name) VALUES ($1)",
            bucket
        )
        .run(&self.pool)
        .await
    }

    /// Forgets the note: the bucket is gone.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn forget_unfinished_bucket(&self, bucket: &str) -> Result<()> {
        sqlx::query!(
            "DELETE FROM unfinished_bucket WHERE bucket_name = $1",
            bucket
        )
        .run(&self.pool)
        .await
    }

    /// Buckets whose project was not made, noted before an instant.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn unfinished_buckets(&self, before: DateTime<Utc>) -> Result<Vec<String>> {
        Ok(sqlx::query_scalar!(
            "SELECT bucket_name FROM unfinished_bucket u WHERE started_at < $1
               AND NOT EXISTS (SELECT 1 FROM project p WHERE p.bucket_name = u.bucket_name)
             ORDER BY bucket_name LIMIT 100",
            before
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// Makes a project over a bucket that was noted as unfinished, with its first manager. Gives its number.
    ///
    /// # Errors
    /// `project_name_key` if the name is taken. `unfinished_bucket` as a constraint's name if the note is gone: somebody took the
    /// bucket for abandoned. `project_request_waiting`, likewise, if it is the answer to a request that does not wait any more.
    pub async fn finish_project(
        &self,
        new: NewProject<'_>,
        manager_id: i64,
        request: Option<Approval<'_>>,
        by: &Origin,
    ) -> Result<i64> {
        let mut tx = self.begin().await?;
        let noted = sqlx::query!(
            "DELETE FROM unfinished_bucket WHERE bucket_name = $1",
            new.bucket_name
        )
        .changed(&mut *tx)
        .await?;
        if noted == 0 {
            return Err(DbError::violated("unfinished_bucket"));
        }
        let id = sqlx::query_scalar!(
            "INSERT INTO project (name, description, bucket_name, storage_quota_bytes)
             VALUES ($1, $2, $3, $4) RETURNING id",
            new.name,
            new.description,
            new.bucket_name,
            new.storage_quota_bytes,
        )
        .fetch_one(&mut *tx)
        .await?;
        sqlx::query!(
            "INSERT INTO project_membership (user_id, project_id, role) VALUES ($1, $2, 'manage')",
            manager_id,
            id,
        )
        .execute(&mut *tx)
        .await?;
        NewEntry::of_user(AuditAction::ProjectCreated, manager_id)
            .project(id)
            .with("role", Some(Role::Manage))
            .with("storage_quota_bytes", Some(new.storage_quota_bytes))
            .write(&mut tx, by)
            .await?;
        if let Some(request) = request
            && !decide(&mut tx, request.request_id, request.answer, Some(id), by).await?
        {
            return Err(DbError::violated("project_request_waiting"));
        }
        tx.commit().await?;
        Ok(id)
    }

    /// Whether a project of this name exists, whatever its state.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn project_name_is_taken(&self, name: &str) -> Result<bool> {
        Ok(sqlx::query_scalar!(
            "SELECT EXISTS (SELECT 1 FROM project WHERE name = $1) AS \"taken!\"",
            name
        )
        .fetch_one(&self.pool)
        .await?)
    }

    /// Projects by number, those after `after`, at most `limit`: those that are open and that the account is a
    /// member of, and those that it manages and that wait for their deletion; or with `all` every one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn projects(
        &self,
        user_id: i64,
        all: bool,
        after: i64,
        limit: i64,
    ) -> Result<Vec<ProjectSummary>> {
        self.summaries(user_id, all, None, after, limit).await
    }

    /// One project by name, as the account sees it; with `all` whatever its state and whoever asks.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn project_summary(
        &self,
        user_id: i64,
        all: bool,
        name: &str,
    ) -> Result<Option<ProjectSummary>> {
        Ok(self.summaries(user_id, all, Some(name), 0, 1).await?.pop())
    }

    async fn summaries(
        &self,
        user_id: i64,
        all: bool,
        name: Option<&str>,
        after: i64,
        limit: i64,
    ) -> Result<Vec<ProjectSummary>> {
        sqlx::query!(
            "SELECT p.id, p.name, p.description, p.bucket_name, p.is_active, p.storage_quota_bytes,
                    p.storage_used_bytes, p.created_at, m.role AS \"role?\",
                    p.versions_limit, p.folders_limit, p.waiting_limit, d.due_at AS \"due_at?\",
                    (SELECT count(*) FROM project_membership o WHERE o.project_id = p.id) AS \"members!\"
             FROM project p LEFT JOIN project_membership m ON m.project_id = p.id AND m.user_id = $1
                  LEFT JOIN project_deletion d ON d.project_id = p.id
             WHERE NOT p.is_deleted
               AND ($2 OR (p.is_active AND m.role IS NOT NULL) OR (d.due_at IS NOT NULL AND m.role = 'manage'))
               AND ($3::text IS NULL OR p.name = $3) AND p.id > $4
             ORDER BY p.id LIMIT $5",
            user_id,
            all,
            name,
            after,
            limit,
        )
        .fetch_all(&self.pool)
        .await?
        .into_iter()
        .map(|row| {
            Ok(ProjectSummary {
                project: Project {
                    id: row.id,
                    name: row.name,
                    description: row.description,
                    bucket_name: row.bucket_name,
                    is_active: row.is_active,
                    storage_quota_bytes: row.storage_quota_bytes,
                    storage_used_bytes: row.storage_used_bytes,
                },
                created_at: row.created_at,
                members: row.members,
                role: row.role.as_deref().map(role).transpose()?,
                limits: SetLimits {
                    versions: row.versions_limit,
                    folders: row.folders_limit,
                    waiting: row.waiting_limit,
                },
                deleted_after: row.due_at,
            })
        })
        .collect()
    }

    /// Changes a project that is not deleted; tells whether there is one.
    ///
    /// # Errors
    /// `project_waits_for_deletion` if it was to be opened and waits for its deletion.
    pub async fn change_project(
        &self,
        name: &str,
        change: ProjectChange<'_>,
        by: &Origin,
    ) -> Result<bool> {
        let mut tx = self.begin().await?;
        let changed = sqlx::query_scalar!(
            "UPDATE project SET description = coalesce($2, description),
                                storage_quota_bytes = coalesce($3, storage_quota_bytes),
                                is_active = coalesce($4, is_active),
                                versions_limit = coalesce($5, versions_limit),
                                folders_limit = coalesce($6, folders_limit),
                                waiting_limit = coalesce($7, waiting_limit)
             WHERE name = $1 AND NOT is_deleted RETURNING id",
            name,
            change.description,
            change.storage_quota_bytes,
            change.is_active,
            change.limits.versions,
            change.limits.folders,
            change.limits.waiting,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(id) = changed else {
            return Ok(false);
        };
        NewEntry::of_project(AuditAction::ProjectChanged, id)
            .with("description", change.description)
            .with("storage_quota_bytes", change.storage_quota_bytes)
            .with("is_active", change.is_active)
            .with("versions_limit", change.limits.versions)
            .with("folders_limit", change.limits.folders)
            .with("waiting_limit", change.limits.waiting)
            .commit(tx, by)
            .await?;
        Ok(true)
    }
}
