//! Invitations of people who have no account yet. Whoever has the token sets a name and a password, once.

use chrono::{DateTime, Utc};
use divbase_contract::{Role, audit::AuditAction};

use crate::{
    Db, NewUser, Origin, Result, User,
    audit::NewEntry,
    projects::{join, role},
};

/// A new invitation.
#[derive(Clone, Copy, Debug)]
pub struct NewInvitation<'a> {
    /// Who is invited; lower case.
    pub email: &'a str,
    /// SHA-256 of the token.
    pub token_sha256: &'a str,
    /// To become an administrator.
    pub is_admin: bool,
    /// To become a member of a project.
    pub project: Option<(i64, Role)>,
    /// Who invites.
    pub invited_by: i64,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

impl NewInvitation<'_> {
    fn entry(&self) -> NewEntry<'_> {
        let (project_id, role) = self.project.unzip();
        NewEntry::of_address(AuditAction::InvitationCreated, self.email)
            .project(project_id)
            .with("role", role)
            .with("is_admin", self.is_admin.then_some(true))
    }
}

/// An invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Its number.
    pub id: i64,
    /// Who is invited.
    pub email: String,
    /// To become an administrator.
    pub is_admin: bool,
    /// The project to become a member of.
    pub project_name: Option<String>,
    /// The role there.
    pub role: Option<Role>,
    /// The address of who invited.
    pub invited_by: String,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// An invitation as it is read: its role is text.
struct InvitationRow {
    id: i64,
    email: String,
    is_admin: bool,
    project_name: Option<String>,
    role: Option<String>,
    invited_by: String,
    expires_at: DateTime<Utc>,
}

impl InvitationRow {
    fn invitation(self) -> Result<Invitation> {
        Ok(Invitation {
            id: self.id,
            email: self.email,
            is_admin: self.is_admin,
            project_name: self.project_name,
            role: self.role.as_deref().map(role).transpose()?,
            invited_by: self.invited_by,
            expires_at: self.expires_at,
        })
    }
}

/// Which invitations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationScope {
    /// All of them.
    All,
    /// Those into one project.
    Project(i64),
}

impl InvitationScope {
    const fn project(self) -> Option<i64> {
        match self {
            Self::All => None,
            Self::Project(id) => Some(id),
        }
    }
}

impl Db {
    /// Invites somebody, or replaces the invitation of the same person to the same place. Gives its number.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn invite(&self, new: NewInvitation<'_>, by: &Origin) -> Result<i64> {
        let mut tx = self.begin().await?;
        let id = sqlx::query_scalar!(
            "INSERT INTO invitation (email, token_sha256, is_admin, project_id, role, invited_by, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (email, coalesce(project_id, 0)) DO UPDATE
                 SET token_sha256 = excluded.token_sha256, is_admin = excluded.is_admin, role = excluded.role,
                     invited_by = excluded.invited_by, expires_at = excluded.expires_at, created_at = now()
             RETURNING id",
            new.email,
            new.token_sha256,
            new.is_admin,
            new.project.map(|(id, _)| id),
            new.project.map(|(_, role)| role.as_str()),
            new.invited_by,
            new.expires_at,
        )
        .fetch_one(&mut *tx)
        .await?;
        new.entry().commit(tx, by).await?;
        Ok(id)
    }

    /// Invitations that have not ended, those that end first first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn invitations(&self, scope: InvitationScope) -> Result<Vec<Invitation>> {
        sqlx::query_as!(
            InvitationRow,
            "SELECT i.id, i.email, i.is_admin, p.name AS \"project_name?\", i.role, u.email AS invited_by, i.expires_at
             FROM invitation i JOIN app_user u ON u.id = i.invited_by LEFT JOIN project p ON p.id = i.project_id
             WHERE i.expires_at > now() AND ($1::bigint IS NULL OR i.project_id = $1)
             ORDER BY i.expires_at, i.id LIMIT 1000",
            scope.project(),
        )
        .fetch_all(&self.pool)
        .await?
        .into_iter()
        .map(InvitationRow::invitation)
        .collect()
    }

    /// Takes an invitation back; tells whether there was one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn withdraw_invitation(
        &self,
        id: i64,
        scope: InvitationScope,
        by: &Origin,
    ) -> Result<bool> {
        let mut tx = self.begin().await?;
        let gone = sqlx::query!(
            "DELETE FROM invitation WHERE id = $1 AND ($2::bigint IS NULL OR project_id = $2)
             RETURNING email, project_id",
            id,
            scope.project(),
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(gone) = gone else {
            return Ok(false);
        };
        NewEntry::of_address(AuditAction::InvitationWithdrawn, &gone.email)
            .project(gone.project_id)
            .commit(tx, by)
            .await?;
        Ok(true)
    }

    /// Gives an invitation another token; the one before is void. None if it has ended or was withdrawn.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn renew_invitation(
        &self,
        id: i64,
        token_sha256: &str,
    ) -> Result<Option<Invitation>> {
        sqlx::query_as!(
            InvitationRow,
            "WITH renewed AS (
                 UPDATE invitation SET token_sha256 = $2 WHERE id = $1 AND expires_at > now()
                 RETURNING id, email, is_admin, project_id, role, invited_by, expires_at)
             SELECT i.id, i.email, i.is_admin, p.name AS \"project_name?\", i.role, u.email AS invited_by, i.expires_at
             FROM renewed i JOIN app_user u ON u.id = i.invited_by LEFT JOIN project p ON p.id = i.project_id",
            id,
            token_sha256,
        )
        .fetch_optional(&self.pool)
        .await?
        .map(InvitationRow::invitation)
        .transpose()
    }

    /// The address that a token invites now; nobody if the token is not known, has ended, or its giver may no longer
    /// invite.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn invited(&self, token_sha256: &str) -> Result<Option<String>> {
        Ok(sqlx::query_scalar!(
            "SELECT i.email FROM invitation i JOIN app_user u ON u.id = i.invited_by
             LEFT JOIN project p ON p.id = i.project_id
             WHERE i.token_sha256 = $1 AND i.expires_at > now() AND u.is_active AND NOT u.is_deleted
               AND (u.is_admin OR EXISTS (SELECT 1 FROM project_membership m
                        WHERE m.project_id = i.project_id AND m.user_id = u.id AND m.role = 'manage'))
               AND (p.id IS NULL OR (p.is_active AND NOT p.is_deleted))",
            token_sha256,
        )
        .fetch_optional(&self.pool)
        .await?)
    }

    /// Makes the account that a token invites, a member of the project if there is one, and spends the token. Call
    /// [`Self::invited`] before. The new account's address and rights are the invitation's, whatever `new` says.
    ///
    /// # Errors
    /// `app_user_email_key` if the address has an account by now.
    pub async fn accept_invitation(
        &self,
        token_sha256: &str,
        new: NewUser<'_>,
        from: &Origin,
    ) -> Result<Option<User>> {
        let mut tx = self.begin().await?;
        // Deleted first: of two that accept at once, the second finds nothing.
        let invitation = sqlx::query!(
            "DELETE FROM invitation WHERE token_sha256 = $1 AND expires_at > now()
             RETURNING email, is_admin, project_id, role",
            token_sha256,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(invitation) = invitation else {
            return Ok(None);
        };
        let user = sqlx::query_as!(
            User,
            "INSERT INTO app_user (name, email, organisation, organisation_role, password_hash, is_admin,
                                   email_verified)
             VALUES ($1, $2, $3, $4, $5, $6, true)
             RETURNING id, name, email, organisation, organisation_role, is_admin, is_active, is_deleted,
                       email_verified, last_password_change, token_generation, created_at, updated_at",
            new.name,
            invitation.email,
            new.organisation,
            new.organisation_role,
            new.password_hash,
            invitation.is_admin,
        )
        .fetch_one(&mut *tx)
        .await?;
        join(
            &mut tx,
            user.id,
            invitation.project_id,
            invitation.role.as_deref(),
        )
        .await?;
        let by = from.as_user(user.id);
        NewEntry::of_user(AuditAction::InvitationAccepted, user.id)
            .project(invitation.project_id)
            .with("role", invitation.role)
            .with("is_admin", invitation.is_admin.then_some(true))
            .commit(tx, &by)
            .await?;
        Ok(Some(user))
    }
}
