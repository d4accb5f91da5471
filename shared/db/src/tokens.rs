//! Tokens that are refused although they are well signed.

use uuid::Uuid;

use crate::{Db, Result, statement::Statement};

impl Db {
    /// Refuses a refresh token from now on: its owner logged out. Doing it twice is no error.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn revoke_refresh_token(&self, jti: Uuid, user_id: i64) -> Result<()> {
        sqlx::query!(
            "WITH ended AS (DELETE FROM session WHERE jti = $1)
             INSERT INTO revoked_token (jti, token_type, reason, user_id)
             SELECT $1, 'refresh_token', $2, (SELECT id FROM app_user WHERE id = $3)
             ON CONFLICT (jti) DO NOTHING",
            jti,
            "logout",
            user_id,
        )
        .run(&self.pool)
        .await
    }
}
