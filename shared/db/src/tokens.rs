//! Tokens that are refused although they are well signed.

use uuid::Uuid;

use crate::{Db, DbError};

/// Why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevokedReason {
    /// Its owner logged out.
    Logout,
    /// It may be used once and was.
    Used,
    /// An administrator's decision.
    Manual,
}

impl RevokedReason {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Logout => "logout",
            Self::Used => "token_used",
            Self::Manual => "manual_revoke",
        }
    }
}

impl Db {
    /// Refuses a refresh token from now on. Doing it twice is no error.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn revoke_refresh_token(
        &self,
        jti: Uuid,
        user_id: i64,
        reason: RevokedReason,
    ) -> Result<(), DbError> {
        sqlx::query!(
            "WITH ended AS (DELETE FROM session WHERE jti = $1)
             INSERT INTO revoked_token (jti, token_type, reason, user_id)
             SELECT $1, 'refresh_token', $2, (SELECT id FROM app_user WHERE id = $3)
             ON CONFLICT (jti) DO NOTHING",
            jti,
            reason.as_str(),
            user_id,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
