//! Projects and memberships.

use std::str::FromStr;

use divbase_contract::{Role, audit::AuditAction};
use sqlx::PgConnection;

use crate::{
    Db, DbError, Origin, Result, User, audit::NewEntry, statement::Statement, users::account,
};

/// A project row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Project number.
    pub id: i64,
    /// Unique name.
    pub name: String,
    /// Free text.
    pub description: Option<String>,
    /// The project's bucket.
    pub bucket_name: String,
    /// Inactive projects are closed to members.
    pub is_active: bool,
    /// Quota in bytes.
    pub storage_quota_bytes: i64,
    /// Bytes in use at the last count.
    pub storage_used_bytes: i64,
}

/// A new project.
#[derive(Clone, Debug)]
pub struct NewProject<'a> {
    /// Unique name.
    pub name: &'a str,
    /// Free text.
    pub description: Option<&'a str>,
    /// The project's bucket, unique.
    pub bucket_name: &'a str,
    /// Quota in bytes.
    pub storage_quota_bytes: i64,
}

/// A project as one of its members sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectMember {
    /// Project number.
    pub project_id: i64,
    /// Its name.
    pub project_name: String,
    /// Its bucket.
    pub bucket_name: String,
    /// What the member may do.
    pub role: Role,
    /// The session that signs URLs of the store for who was let in so: another one for each membership and link.
    pub url_session: i64,
}

/// A project that is not committed yet. Dropped, it has never been.
#[derive(Debug)]
pub struct PendingProject {
    made: Project,
    tx: sqlx::Transaction<'static, sqlx::Postgres>,
}

impl PendingProject {
    /// Makes it seen.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn commit(self) -> Result<Project> {
        self.tx.commit().await?;
        Ok(self.made)
    }
}

pub(crate) fn role(text: &str) -> Result<Role> {
    Role::from_str(text).map_err(|error| DbError::Corrupt(error.to_string()))
}

/// Makes an account a member as an invitation says, if that is one to a project.
pub(crate) async fn join(
    tx: &mut PgConnection,
    user_id: i64,
    project_id: Option<i64>,
    role: Option<&str>,
) -> Result<()> {
    let (Some(project_id), Some(role)) = (project_id, role) else {
        return Ok(());
    };
    sqlx::query!(
        "INSERT INTO project_membership (user_id, project_id, role) VALUES ($1, $2, $3)",
        user_id,
        project_id,
        role,
    )
    .run(tx)
    .await
}

impl Db {
    /// How many projects an account manages, closed ones included.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn managed_projects(&self, user_id: i64) -> Result<i64> {
        Ok(sqlx::query_scalar!(
            "SELECT count(*) AS \"count!\" FROM project_membership m JOIN project p ON p.id = m.project_id
             WHERE m.user_id = $1 AND m.role = 'manage' AND NOT p.is_deleted",
            user_id,
        )
        .fetch_one(&self.pool)
        .await?)
    }

    /// Makes a project that nobody sees before it is committed.
    ///
    /// # Errors
    /// `project_name_key` or `project_bucket_name_key` if a name is taken; `…_shape` if it is not valid.
    pub async fn begin_project(&self, new: NewProject<'_>, by: &Origin) -> Result<PendingProject> {
        let mut tx = self.begin().await?;
        let made = sqlx::query_as!(
            Project,
            "INSERT INTO project (name, description, bucket_name, storage_quota_bytes)
             VALUES ($1, $2, $3, $4)
             RETURNING id, name, description, bucket_name, is_active, storage_quota_bytes, storage_used_bytes",
            new.name,
            new.description,
            new.bucket_name,
            new.storage_quota_bytes,
        )
        .fetch_one(&mut *tx)
        .await?;
        NewEntry::of_project(AuditAction::ProjectCreated, made.id)
            .with("storage_quota_bytes", Some(new.storage_quota_bytes))
            .write(&mut tx, by)
            .await?;
        Ok(PendingProject { made, tx })
    }

    /// Adds a member.
    ///
    /// # Errors
    /// `project_membership_once` if the user is one already; a foreign key if the project does not exist.
    pub async fn add_member(
        &self,
        project_id: i64,
        user_id: i64,
        role: Role,
        by: &Origin,
    ) -> Result<i64> {
        let mut tx = self.begin().await?;
        let id = sqlx::query_scalar!(
            "INSERT INTO project_membership (user_id, project_id, role) VALUES ($1, $2, $3) RETURNING id",
            user_id,
            project_id,
            role.as_str(),
        )
        .fetch_one(&mut *tx)
        .await?;
        NewEntry::of_user(AuditAction::MemberAdded, user_id)
            .project(project_id)
            .with("role", Some(role))
            .commit(tx, by)
            .await?;
        Ok(id)
    }

    /// An account, and the project of this name as it sees it; no project if it does not exist, is closed, or the
    /// account is not a member. The three are not told apart on purpose. One question, because every call asks it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn member(
        &self,
        user_id: i64,
        project_name: &str,
    ) -> Result<Option<(User, Option<ProjectMember>)>> {
        let row = sqlx::query!(
            "SELECT u.id, u.name, u.email, u.organisation, u.organisation_role, u.is_admin, u.is_active, u.is_deleted,
                    u.email_verified, u.last_password_change, u.token_generation, u.created_at, u.updated_at,
                    seen.id AS \"project_id?\", seen.name AS \"project_name?\", seen.bucket_name AS \"bucket_name?\",
                    seen.role AS \"role?\", seen.url_session AS \"url_session?\"
             FROM app_user u LEFT JOIN (
                      SELECT p.id, p.name, p.bucket_name, m.role, m.user_id, m.url_session
                      FROM project p JOIN project_membership m ON m.project_id = p.id
                      WHERE p.name = $2 AND p.is_active AND NOT p.is_deleted) seen ON seen.user_id = u.id
             WHERE u.id = $1",
            user_id,
            project_name,
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let known = (row.project_id, row.project_name, row.bucket_name);
        let project = match (known, row.role, row.url_session) {
            (
                (Some(project_id), Some(project_name), Some(bucket_name)),
                Some(text),
                Some(url_session),
            ) => Some(ProjectMember {
                project_id,
                project_name,
                bucket_name,
                role: role(&text)?,
                url_session,
            }),
            _ => None,
        };
        Ok(Some((account!(row), project)))
    }

    /// This user's role in an open project given by number; none if the project is closed.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn role_in_project(&self, project_id: i64, user_id: i64) -> Result<Option<Role>> {
        sqlx::query_scalar!(
            "SELECT m.role FROM project_membership m JOIN project p ON p.id = m.project_id
             WHERE m.project_id = $1 AND m.user_id = $2 AND p.is_active AND NOT p.is_deleted",
            project_id,
            user_id,
        )
        .fetch_optional(&self.pool)
        .await?
        .map(|text| role(&text))
        .transpose()
    }
}
