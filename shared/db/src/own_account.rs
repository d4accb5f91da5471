//! What people do with their own accounts: register, confirm an address, change it, end all sessions, leave.

use chrono::{DateTime, Utc};
use divbase_contract::audit::AuditAction;
use sqlx::PgConnection;

use crate::{
    Db, NewUser, Origin, Result, User,
    audit::NewEntry,
    statement::Statement,
    users::{account, administrator_is_left},
};

/// An address that waits to be confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// The account as it is now.
    pub user: User,
    /// The address that it will have.
    pub email: String,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// What leaving led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountClosed {
    /// The account is gone.
    Closed,
    /// Refused: nobody would be left to administrate.
    LastAdministrator,
    /// Refused: these projects would have no manager.
    LastManager(Vec<String>),
}

/// Notes the address that an account will have when somebody confirms it with this token; an earlier one is void.
async fn await_confirmation(
    connection: &mut PgConnection,
    user_id: i64,
    email: &str,
    token_sha256: &str,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO email_confirmation (user_id, email, token_sha256, expires_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (user_id) DO UPDATE SET email = $2, token_sha256 = $3, expires_at = $4",
        user_id,
        email,
        token_sha256,
        expires_at,
    )
    .run(connection)
    .await
}

impl Db {
    /// Makes an account whose address waits to be confirmed. One that was registered before and never confirmed is
    /// replaced, so that nobody can hold another's address. Nothing if the address has an account.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn register(
        &self,
        new: NewUser<'_>,
        token_sha256: &str,
        expires_at: DateTime<Utc>,
        from: &Origin,
    ) -> Result<Option<i64>> {
        let mut tx = self.begin().await?;
        let id = sqlx::query_scalar!(
            "INSERT INTO app_user (name, email, organisation, organisation_role, password_hash)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (email) DO UPDATE
                 SET name = excluded.name, organisation = excluded.organisation,
                     organisation_role = excluded.organisation_role, password_hash = excluded.password_hash
                 WHERE NOT app_user.email_verified AND app_user.is_active
             RETURNING id",
            new.name,
            new.email,
            new.organisation,
            new.organisation_role,
            new.password_hash,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(id) = id else {
            return Ok(None);
        };
        await_confirmation(&mut tx, id, new.email, token_sha256, expires_at).await?;
        NewEntry::of_user(AuditAction::UserRegistered, id)
            .commit(tx, from)
            .await?;
        Ok(Some(id))
    }

    /// Notes the address that an account shall have.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn ask_email_change(
        &self,
        user_id: i64,
        email: &str,
        token_sha256: &str,
        expires_at: DateTime<Utc>,
        by: &Origin,
    ) -> Result<()> {
        let mut tx = self.begin().await?;
        await_confirmation(&mut tx, user_id, email, token_sha256, expires_at).await?;
        NewEntry::of_user(AuditAction::EmailChangeAsked, user_id)
            .with("email", Some(email))
            .commit(tx, by)
            .await
    }

    /// Gives a confirmation that is waited for another token; the one before is void.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn renew_confirmation(
        &self,
        user_id: i64,
        token_sha256: &str,
    ) -> Result<Option<Confirmation>> {
        let renewed = sqlx::query!(
            "UPDATE email_confirmation SET token_sha256 = $2 WHERE user_id = $1 AND expires_at > now()",
            user_id,
            token_sha256,
        )
        .changed(&self.pool)
        .await?;
        if renewed == 0 {
            return Ok(None);
        }
        self.confirmation(token_sha256).await
    }

    /// What may be confirmed with this token now.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn confirmation(&self, token_sha256: &str) -> Result<Option<Confirmation>> {
        let row = sqlx::query!(
            "SELECT u.id, u.name, u.email, u.organisation, u.organisation_role, u.is_admin, u.is_active,
                    u.is_deleted, u.email_verified, u.last_password_change, u.token_generation, u.created_at,
                    u.updated_at, c.email AS confirmed, c.expires_at
             FROM email_confirmation c JOIN app_user u ON u.id = c.user_id
             WHERE c.token_sha256 = $1 AND c.expires_at > now() AND u.is_active AND NOT u.is_deleted",
            token_sha256,
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|row| Confirmation {
            email: row.confirmed,
            expires_at: row.expires_at,
            user: account!(row),
        }))
    }

    /// Spends a token: the account has the address. Nothing if the token was spent meanwhile.
    ///
    /// # Errors
    /// `app_user_email_key` if another account has the address by now.
    pub async fn confirm_email(&self, token_sha256: &str, from: &Origin) -> Result<Option<User>> {
        let mut tx = self.begin().await?;
        let row = sqlx::query!(
            "WITH spent AS (
                 DELETE FROM email_confirmation WHERE token_sha256 = $1 AND expires_at > now()
                 RETURNING user_id, email AS confirmed
             ), before AS (SELECT s.user_id, s.confirmed, u.email AS former
                           FROM spent s JOIN app_user u ON u.id = s.user_id)
             UPDATE app_user u SET email = b.confirmed, email_verified = true FROM before b
             WHERE u.id = b.user_id AND u.is_active AND NOT u.is_deleted
             RETURNING u.id, u.name, u.email, u.organisation, u.organisation_role, u.is_admin, u.is_active,
                       u.is_deleted, u.email_verified, u.last_password_change, u.token_generation, u.created_at,
                       u.updated_at, b.former",
            token_sha256,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let by = from.as_user(row.id);
        NewEntry::of_user(AuditAction::EmailConfirmed, row.id)
            .with(
                "email_before",
                (row.former != row.email).then_some(&row.former),
            )
            .commit(tx, &by)
            .await?;
        Ok(Some(account!(row)))
    }

    /// Ends all sessions of an account, access tokens too. Personal access tokens stay.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn end_sessions(&self, user_id: i64, by: &Origin) -> Result<()> {
        let mut tx = self.begin().await?;
        sqlx::query!(
            "UPDATE app_user SET token_generation = token_generation + 1 WHERE id = $1",
            user_id
        )
        .execute(&mut *tx)
        .await?;
        NewEntry::of_user(AuditAction::SessionsEnded, user_id)
            .commit(tx, by)
            .await
    }

    /// Deletes an account: its name and address are forgotten but for the audit log, what it made in projects stays.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn close_own_account(&self, user_id: i64, by: &Origin) -> Result<AccountClosed> {
        let mut tx = self.begin().await?;
        // Whoever leaves or changes a role at the same moment waits.
        sqlx::query!(
            "SELECT id FROM app_user WHERE id = $1 OR (is_admin AND is_active AND NOT is_deleted)
             ORDER BY id FOR UPDATE",
            user_id
        )
        .fetch_all(&mut *tx)
        .await?;
        sqlx::query!(
            "SELECT id FROM project WHERE id IN (SELECT project_id FROM project_membership WHERE user_id = $1)
             ORDER BY id FOR UPDATE",
            user_id
        )
        .fetch_all(&mut *tx)
        .await?;
        let orphans = sqlx::query_scalar!(
            "SELECT p.name FROM project p JOIN project_membership m ON m.project_id = p.id
             WHERE m.user_id = $1 AND m.role = 'manage' AND NOT p.is_deleted
               AND NOT EXISTS (SELECT 1 FROM project_membership o JOIN app_user u ON u.id = o.user_id
                               WHERE o.project_id = p.id AND o.user_id <> $1 AND o.role = 'manage'
                                 AND u.is_active AND NOT u.is_deleted)
             ORDER BY p.name LIMIT 20",
            user_id
        )
        .fetch_all(&mut *tx)
        .await?;
        if !orphans.is_empty() {
            return Ok(AccountClosed::LastManager(orphans));
        }
        NewEntry::of_user(AuditAction::UserDeleted, user_id)
            .write(&mut tx, by)
            .await?;
        sqlx::query!(
            "WITH pats AS (UPDATE personal_access_token SET revoked_at = now()
                           WHERE user_id = $1 AND revoked_at IS NULL),
                  invited AS (DELETE FROM invitation WHERE invited_by = $1),
                  resets AS (DELETE FROM password_reset WHERE user_id = $1),
                  confirmations AS (DELETE FROM email_confirmation WHERE user_id = $1),
                  identities AS (DELETE FROM external_identity WHERE user_id = $1),
                  second_factors AS (DELETE FROM second_factor WHERE user_id = $1),
                  addresses AS (DELETE FROM known_address WHERE user_id = $1),
                  memberships AS (DELETE FROM project_membership WHERE user_id = $1)
             UPDATE app_user SET name = 'Deleted account', email = 'deleted-' || id || '@invalid',
                    organisation = '', organisation_role = '', password_hash = '!', is_admin = false,
                    is_active = false, is_deleted = true, deleted_at = now(),
                    token_generation = token_generation + 1
             WHERE id = $1",
            user_id
        )
        .execute(&mut *tx)
        .await?;
        if !administrator_is_left(&mut tx).await? {
            return Ok(AccountClosed::LastAdministrator);
        }
        tx.commit().await?;
        Ok(AccountClosed::Closed)
    }
}
