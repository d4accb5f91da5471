//! Second factors of accounts: a secret that an app shares, and codes that stand in for the app. What counts once is counted
//! here, by one statement: of two that use a code at once, one succeeds.

use chrono::{DateTime, Utc};
use divbase_contract::audit::AuditAction;

use crate::{Db, Origin, Result, audit::NewEntry, statement::Statement};

/// A second factor.
#[derive(Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// The secret, sealed.
    pub sealed_secret: Vec<u8>,
    /// Since when codes are asked for; none while its owner has not confirmed it.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// Recovery codes that are left.
    pub recovery_codes: i64,
}

impl Db {
    /// The second factor of an account, confirmed or not.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn second_factor(&self, user_id: i64) -> Result<Option<SecondFactor>> {
        Ok(sqlx::query_as!(
            SecondFactor,
            "SELECT sealed_secret, confirmed_at,
                    (SELECT count(*) FROM recovery_code c WHERE c.user_id = f.user_id) AS \"recovery_codes!\"
             FROM second_factor f WHERE user_id = $1",
            user_id,
        )
        .fetch_optional(&self.pool)
        .await?)
    }

    /// Keeps a secret that its owner has to confirm; one that was not confirmed is replaced. Tells whether it was kept: not
    /// in the place of a confirmed one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn begin_second_factor(&self, user_id: i64, sealed_secret: &[u8]) -> Result<bool> {
        let kept = sqlx::query!(
            "INSERT INTO second_factor (user_id, sealed_secret) VALUES ($1, $2)
             ON CONFLICT (user_id) DO UPDATE SET sealed_secret = $2, created_at = now()
                 WHERE second_factor.confirmed_at IS NULL",
            user_id,
            sealed_secret,
        )
        .changed(&self.pool)
        .await?;
        Ok(kept == 1)
    }

    /// Turns a second factor on, with its recovery codes. Tells whether it did: not if the secret was replaced meanwhile, or
    /// confirmed.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn confirm_second_factor(
        &self,
        user_id: i64,
        sealed_secret: &[u8],
        step: i64,
        recovery_sha256: &[String],
        by: &Origin,
    ) -> Result<bool> {
        let mut tx = self.begin().await?;
        let confirmed = sqlx::query!(
            "UPDATE second_factor SET confirmed_at = now(), last_step = $3
             WHERE user_id = $1 AND sealed_secret = $2 AND confirmed_at IS NULL",
            user_id,
            sealed_secret,
            step,
        )
        .changed(&mut *tx)
        .await?;
        if confirmed == 0 {
            return Ok(false);
        }
        sqlx::query!(
            "INSERT INTO recovery_code (user_id, code_sha256) SELECT $1, unnest($2::text[])",
            user_id,
            recovery_sha256,
        )
        .execute(&mut *tx)
        .await?;
        NewEntry::of_user(AuditAction::SecondFactorOn, user_id)
            .commit(tx, by)
            .await?;
        Ok(true)
    }

    /// Uses the code of a step. Tells whether it counts: not if it, or that of a later step, was used before.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn use_second_factor(&self, user_id: i64, step: i64) -> Result<bool> {
        let used = sqlx::query!(
            "UPDATE second_factor SET last_step = $2
             WHERE user_id = $1 AND last_step < $2 AND confirmed_at IS NOT NULL",
            user_id,
            step,
        )
        .changed(&self.pool)
        .await?;
        Ok(used == 1)
    }

    /// Uses a recovery code. Tells whether there was such a one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn use_recovery_code(
        &self,
        user_id: i64,
        code_sha256: &str,
        by: &Origin,
    ) -> Result<bool> {
        let mut tx = self.begin().await?;
        let used = sqlx::query!(
            "DELETE FROM recovery_code WHERE user_id = $1 AND code_sha256 = $2",
            user_id,
            code_sha256,
        )
        .changed(&mut *tx)
        .await?;
        if used == 0 {
            return Ok(false);
        }
        NewEntry::of_user(AuditAction::RecoveryCodeUsed, user_id)
            .commit(tx, by)
            .await?;
        Ok(true)
    }

    /// Turns a second factor off, with its recovery codes. Tells whether there was one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn remove_second_factor(&self, user_id: i64, by: &Origin) -> Result<bool> {
        let mut tx = self.begin().await?;
        let removed = sqlx::query!(
            "DELETE FROM second_factor WHERE user_id = $1 RETURNING confirmed_at",
            user_id
        )
        .fetch_optional(&mut *tx)
        .await?;
        let was_on = removed.is_some_and(|row| row.confirmed_at.is_some());
        NewEntry::of_user(AuditAction::SecondFactorOff, user_id)
            .commit_if(was_on, tx, by)
            .await?;
        Ok(was_on)
    }
}
