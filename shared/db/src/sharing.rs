//! Who may read a project without being a member: everybody, if it is public, and who holds a link.

use chrono::{DateTime, Utc};
use divbase_contract::{Role, audit::AuditAction};

use crate::{Db, Origin, ProjectMember, Result, audit::NewEntry, statement::Statement};

/// A public project in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicProject {
    /// Project number.
    pub id: i64,
    /// Unique name.
    pub name: String,
    /// Free text.
    pub description: Option<String>,
    /// VCF files that can be queried.
    pub vcf_files: i64,
    /// Records of these files together.
    pub records: i64,
    /// Bytes in use at the last count.
    pub storage_used_bytes: i64,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A new link.
#[derive(Clone, Copy, Debug)]
pub struct NewShareLink<'a> {
    /// The project.
    pub project_id: i64,
    /// SHA-256 of its token.
    pub token_sha256: &'a str,
    /// The key of a file, or a folder with its last slash.
    pub path: &'a str,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// Most links of one project that have not ended.
    pub limit: i64,
}

/// A link as managers see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareLink {
    /// Its number.
    pub id: i64,
    /// The key of a file, or a folder with its last slash.
    pub path: String,
    /// Address of who made it; absent if the account is gone.
    pub made_by: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// When it was last used, exact to an hour.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// What making a link led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShareLinkMade {
    /// Its number.
    Made(i64),
    /// The project has as many as it may have.
    TooMany,
}

/// What a link opens now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareLinkUse {
    /// The project, with the role `read`.
    pub project: ProjectMember,
    /// The key of a file, or a folder with its last slash.
    pub path: String,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

impl Db {
    /// The open public project of this name, with the role `read`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn public_project(&self, name: &str) -> Result<Option<ProjectMember>> {
        let row = sqlx::query!(
            "SELECT id, name, bucket_name, url_session FROM project
             WHERE name = $1 AND is_public AND is_active AND NOT is_deleted",
            name,
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|row| ProjectMember {
            project_id: row.id,
            project_name: row.name,
            bucket_name: row.bucket_name,
            role: Role::Read,
            url_session: row.url_session,
        }))
    }

    /// Open public projects by number.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn public_projects(&self, after: i64, limit: i64) -> Result<Vec<PublicProject>> {
        Ok(sqlx::query_as!(
            PublicProject,
            "SELECT p.id, p.name, p.description, p.storage_used_bytes, p.updated_at,
                    counted.files AS \"vcf_files!\", counted.records AS \"records!\"
             FROM project p CROSS JOIN LATERAL (
                 SELECT count(*) AS files, coalesce(sum(v.record_count), 0)::bigint AS records
                 FROM present_file f JOIN file_version v ON v.id = f.file_version_id
                 WHERE f.project_id = p.id AND v.verdict = 'vcf') counted
             WHERE p.is_public AND p.is_active AND NOT p.is_deleted AND p.id > $1
             ORDER BY p.id LIMIT $2",
            after,
            limit,
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// Whether a project is public.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn is_public(&self, project_id: i64) -> Result<bool> {
        let known = sqlx::query_scalar!("SELECT is_public FROM project WHERE id = $1", project_id)
            .fetch_optional(&self.pool)
            .await?;
        Ok(known.unwrap_or(false))
    }

    /// Makes a project public, or ends that.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn set_public(&self, project_id: i64, is_public: bool, by: &Origin) -> Result<()> {
        let mut tx = self.begin().await?;
        let changed = sqlx::query!(
            "UPDATE project SET is_public = $2 WHERE id = $1 AND is_public <> $2",
            project_id,
            is_public,
        )
        .changed(&mut *tx)
        .await?;
        NewEntry::of_project(AuditAction::ProjectVisibilityChanged, project_id)
            .with("is_public", Some(is_public))
            .commit_if(changed > 0, tx, by)
            .await
    }

    /// Makes a link.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn create_share_link(
        &self,
        new: NewShareLink<'_>,
        by: &Origin,
    ) -> Result<ShareLinkMade> {
        let mut tx = self.begin().await?;
        // Makes the project's requests take turns, so that none slips past the limit.
        sqlx::query!(
            "SELECT id FROM project WHERE id = $1 FOR NO KEY UPDATE",
            new.project_id
        )
        .fetch_optional(&mut *tx)
        .await?;
        let known = sqlx::query_scalar!(
            "SELECT count(*) AS \"known!\" FROM share_link
             WHERE project_id = $1 AND revoked_at IS NULL AND expires_at > now()",
            new.project_id,
        )
        .fetch_one(&mut *tx)
        .await?;
        if known >= new.limit {
            return Ok(ShareLinkMade::TooMany);
        }
        let id = sqlx::query_scalar!(
            "INSERT INTO share_link (project_id, token_sha256, path, made_by, expires_at)
             VALUES ($1, $2, $3, $4, $5) RETURNING id",
            new.project_id,
            new.token_sha256,
            new.path,
            by.user_id,
            new.expires_at,
        )
        .fetch_one(&mut *tx)
        .await?;
        NewEntry::of_project(AuditAction::ShareLinkCreated, new.project_id)
            .with("link", Some(id))
            .with("path", Some(new.path))
            .with("expires_at", Some(new.expires_at.to_rfc3339()))
            .commit(tx, by)
            .await?;
        Ok(ShareLinkMade::Made(id))
    }

    /// The project's links that have not ended, newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn share_links(&self, project_id: i64) -> Result<Vec<ShareLink>> {
        Ok(sqlx::query_as!(
            ShareLink,
            "SELECT l.id, l.path, u.email AS \"made_by?\", l.created_at, l.expires_at, l.last_used_at
             FROM share_link l LEFT JOIN app_user u ON u.id = l.made_by
             WHERE l.project_id = $1 AND l.revoked_at IS NULL AND l.expires_at > now()
             ORDER BY l.id DESC",
            project_id,
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// Ends one of the project's links; tells whether there was one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn revoke_share_link(&self, project_id: i64, id: i64, by: &Origin) -> Result<bool> {
        let mut tx = self.begin().await?;
        let revoked = sqlx::query_scalar!(
            "UPDATE share_link SET revoked_at = now()
             WHERE id = $2 AND project_id = $1 AND revoked_at IS NULL RETURNING path",
            project_id,
            id,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(path) = revoked else {
            return Ok(false);
        };
        NewEntry::of_project(AuditAction::ShareLinkRevoked, project_id)
            .with("link", Some(id))
            .with("path", Some(path))
            .commit(tx, by)
            .await?;
        Ok(true)
    }

    /// The link with this SHA-256, if it opens something now. That it was used is noted once an hour.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn use_share_link(&self, token_sha256: &str) -> Result<Option<ShareLinkUse>> {
        let row = sqlx::query!(
            "WITH found AS (
                 SELECT l.id, l.path, l.expires_at, l.last_used_at, l.url_session, p.id AS project_id, p.name, p.bucket_name
                 FROM share_link l JOIN project p ON p.id = l.project_id
                 WHERE l.token_sha256 = $1 AND l.revoked_at IS NULL AND l.expires_at > now()
                   AND p.is_active AND NOT p.is_deleted
             ), used AS (
                 UPDATE share_link l SET last_used_at = now() FROM found f
                 WHERE l.id = f.id AND coalesce(f.last_used_at, '-infinity') < now() - interval '1 hour'
             )
             SELECT path, expires_at, url_session, project_id, name, bucket_name FROM found",
            token_sha256,
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|row| ShareLinkUse {
            project: ProjectMember {
                project_id: row.project_id,
                project_name: row.name,
                bucket_name: row.bucket_name,
                role: Role::Read,
                url_session: row.url_session,
            },
            path: row.path,
            expires_at: row.expires_at,
        }))
    }
}
