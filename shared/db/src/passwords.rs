//! Setting passwords. Whoever sets one ends all sessions of the account.

use chrono::{DateTime, Utc};
use divbase_contract::audit::AuditAction;

use crate::{Db, Origin, Result, User, audit::NewEntry, statement::Statement};

impl Db {
    /// Replaces the hash of an account's password by one with other parameters, unless it was changed meanwhile.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn rehash_password(
        &self,
        user_id: i64,
        old_hash: &str,
        new_hash: &str,
    ) -> Result<()> {
        sqlx::query!(
            "UPDATE app_user SET password_hash = $3 WHERE id = $1 AND password_hash = $2",
            user_id,
            old_hash,
            new_hash,
        )
        .run(&self.pool)
        .await
    }

    /// Sets a password for its owner: all sessions end, and personal access tokens too unless they are kept. A reset
    /// that was under way is void.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn set_password(
        &self,
        user_id: i64,
        hash: &str,
        keep_pats: bool,
        action: AuditAction,
        from: &Origin,
    ) -> Result<Option<User>> {
        let mut tx = self.begin().await?;
        let user = sqlx::query_as!(
            User,
            "WITH reset AS (DELETE FROM password_reset WHERE user_id = $1),
                  ended AS (UPDATE personal_access_token SET revoked_at = now()
                            WHERE user_id = $1 AND revoked_at IS NULL AND NOT $3)
             UPDATE app_user SET password_hash = $2, last_password_change = now(),
                                 token_generation = token_generation + 1
             WHERE id = $1 AND is_active AND NOT is_deleted
             RETURNING id, name, email, organisation, organisation_role, is_admin, is_active, is_deleted,
                       email_verified, last_password_change, token_generation, created_at, updated_at",
            user_id,
            hash,
            keep_pats,
        )
        .fetch_optional(&mut *tx)
        .await?;
        if user.is_none() {
            return Ok(None);
        }
        let by = from.as_user(user_id);
        NewEntry::of_user(action, user_id).commit(tx, &by).await?;
        Ok(user)
    }

    /// Lets an account's password be set once by whoever has the token. An earlier token of the account is void.
    ///
    /// # Errors
    /// A foreign key if there is no such account.
    pub async fn allow_password_reset(
        &self,
        user_id: i64,
        token_sha256: &str,
        expires_at: DateTime<Utc>,
        by: &Origin,
    ) -> Result<()> {
        let mut tx = self.begin().await?;
        sqlx::query!(
            "INSERT INTO password_reset (user_id, token_sha256, expires_at) VALUES ($1, $2, $3)
             ON CONFLICT (user_id) DO UPDATE SET token_sha256 = $2, expires_at = $3",
            user_id,
            token_sha256,
            expires_at,
        )
        .execute(&mut *tx)
        .await?;
        NewEntry::of_user(AuditAction::PasswordResetAllowed, user_id)
            .commit(tx, by)
            .await
    }

    /// Gives a reset that is under way another token; the one before is void. Tells when it ends; none if there is no
    /// reset, or the account may not act.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn renew_password_reset(
        &self,
        user_id: i64,
        token_sha256: &str,
    ) -> Result<Option<(User, DateTime<Utc>)>> {
        let end = sqlx::query_scalar!(
            "UPDATE password_reset SET token_sha256 = $2 WHERE user_id = $1 AND expires_at > now() RETURNING expires_at",
            user_id,
            token_sha256,
        )
        .fetch_optional(&self.pool)
        .await?;
        let user = self.user(user_id).await?.filter(User::may_act);
        Ok(user.zip(end))
    }

    /// The account whose password may be set with this token now.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn password_reset(&self, token_sha256: &str) -> Result<Option<User>> {
        Ok(sqlx::query_as!(
            User,
            "SELECT u.id, u.name, u.email, u.organisation, u.organisation_role, u.is_admin, u.is_active,
                    u.is_deleted, u.email_verified, u.last_password_change, u.token_generation, u.created_at,
                    u.updated_at
             FROM password_reset r JOIN app_user u ON u.id = r.user_id
             WHERE r.token_sha256 = $1 AND r.expires_at > now() AND u.is_active AND NOT u.is_deleted",
            token_sha256,
        )
        .fetch_optional(&self.pool)
        .await?)
    }

    /// Spends a reset's token. Of two that spend it at once, one succeeds.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn spend_password_reset(&self, token_sha256: &str) -> Result<bool> {
        let spent = sqlx::query!(
            "DELETE FROM password_reset WHERE token_sha256 = $1 AND expires_at > now()",
            token_sha256
        )
        .changed(&self.pool)
        .await?;
        Ok(spent == 1)
    }
}
