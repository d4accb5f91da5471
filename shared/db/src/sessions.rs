//! Sessions and their refresh tokens. A client may have its refresh token replaced at each use; one that was replaced and
//! comes back later was stolen or its successor was, so its session ends.

use chrono::{DateTime, Utc};
use divbase_contract::audit::AuditAction;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{Db, Origin, Result, audit::NewEntry, statement::Statement};

/// A refresh token of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionToken {
    /// Its id.
    pub jti: Uuid,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its number.
    pub id: i64,
    /// The network address of the login.
    pub address: String,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub last_used_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// What using a refresh token led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionUse {
    /// It is good, and stays so.
    Kept,
    /// It is good, and was replaced.
    Replaced,
    /// It was replaced before: its session has ended now.
    Replayed,
    /// Its session has ended.
    Ended,
}

impl Db {
    /// Notes a login.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn start_session(
        &self,
        user_id: i64,
        generation: i32,
        address: &str,
        token: SessionToken,
    ) -> Result<()> {
        sqlx::query!(
            "INSERT INTO session (user_id, generation, address, jti, expires_at) VALUES ($1, $2, $3, $4, $5)",
            user_id,
            generation,
            address,
            token.jti,
            token.expires_at,
        )
        .run(&self.pool)
        .await
    }

    /// Uses a refresh token, and replaces it if there is a `next` one, unless the session is a month old. A replaced one
    /// is let through for a minute more, because two processes of a client may use it at once.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn use_session(
        &self,
        jti: Uuid,
        next: Option<SessionToken>,
        from: &Origin,
    ) -> Result<SessionUse> {
        // Pages ask at each view: nothing is written for those within a minute.
        if next.is_none() {
            let recent = sqlx::query_scalar!(
                "SELECT last_used_at > now() - interval '1 minute' AS \"recent!\" FROM session WHERE jti = $1",
                jti,
            )
            .fetch_optional(&self.pool)
            .await?;
            if recent == Some(true) {
                return Ok(SessionUse::Kept);
            }
        }
        let mut tx = self.begin().await?;
        let found = match next {
            Some(next) => replace(&mut tx, jti, next).await?,
            None => None,
        };
        let found = match found {
            Some(found) => found,
            None => judge(&mut tx, jti, from).await?,
        };
        tx.commit().await?;
        Ok(found)
    }

    /// The sessions of an account that have not ended, newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn sessions(&self, user_id: i64) -> Result<Vec<Session>> {
        Ok(sqlx::query_as!(
            Session,
            "SELECT s.id, s.address, s.created_at, s.last_used_at, s.expires_at
             FROM session s JOIN app_user u ON u.id = s.user_id AND u.token_generation = s.generation
             WHERE s.user_id = $1 AND s.expires_at > now() ORDER BY s.id DESC LIMIT 1000",
            user_id,
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// Ends one of an account's sessions; tells whether there was one. Its access token ends by itself.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn end_session(&self, user_id: i64, id: i64, by: &Origin) -> Result<bool> {
        let mut tx = self.begin().await?;
        let own = sqlx::query_scalar!(
            "SELECT 1 AS \"one!\" FROM session WHERE id = $1 AND user_id = $2",
            id,
            user_id
        )
        .fetch_optional(&mut *tx)
        .await?;
        if own.is_none() {
            return Ok(false);
        }
        end(&mut tx, id).await?;
        NewEntry::of_user(AuditAction::SessionEnded, user_id)
            .with("session", Some(id))
            .commit(tx, by)
            .await?;
        Ok(true)
    }
}

async fn replace(
    tx: &mut PgConnection,
    jti: Uuid,
    next: SessionToken,
) -> Result<Option<SessionUse>> {
    let session = sqlx::query!(
        "UPDATE session SET jti = $2, expires_at = $3, last_used_at = now()
         WHERE jti = $1 AND created_at > now() - interval '30 days' RETURNING id, user_id",
        jti,
        next.jti,
        next.expires_at,
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(session) = session else {
        return Ok(None);
    };
    sqlx::query!(
        "WITH revoked AS (INSERT INTO revoked_token (jti, token_type, reason, user_id)
                          VALUES ($1, 'refresh_token', 'token_used', $3) ON CONFLICT (jti) DO NOTHING)
         INSERT INTO session_spent (jti, session_id) VALUES ($1, $2)",
        jti,
        session.id,
        session.user_id,
    )
    .execute(&mut *tx)
    .await?;
    Ok(Some(SessionUse::Replaced))
}

async fn judge(tx: &mut PgConnection, jti: Uuid, from: &Origin) -> Result<SessionUse> {
    let used = sqlx::query!(
        "UPDATE session SET last_used_at = now() WHERE jti = $1",
        jti
    )
    .changed(&mut *tx)
    .await?;
    if used == 1 {
        return Ok(SessionUse::Kept);
    }
    let spent = sqlx::query!(
        "SELECT p.session_id, p.spent_at > now() - interval '1 minute' AS \"recent!\", s.user_id
         FROM session_spent p JOIN session s ON s.id = p.session_id WHERE p.jti = $1",
        jti,
    )
    .fetch_optional(&mut *tx)
    .await?;
    match spent {
        Some(spent) if spent.recent => Ok(SessionUse::Kept),
        Some(spent) => {
            end(tx, spent.session_id).await?;
            NewEntry::of_user(AuditAction::SessionReplayed, spent.user_id)
                .with("session", Some(spent.session_id))
                .write(tx, from)
                .await?;
            Ok(SessionUse::Replayed)
        }
        None => {
            let revoked = sqlx::query!("SELECT 1 AS one FROM revoked_token WHERE jti = $1", jti)
                .fetch_optional(&mut *tx)
                .await?;
            // Without a session it is from before there were any.
            Ok(match revoked {
                Some(_) => SessionUse::Ended,
                None => SessionUse::Kept,
            })
        }
    }
}

/// Refuses the session's token from now on and forgets the session.
async fn end(tx: &mut PgConnection, id: i64) -> Result<()> {
    sqlx::query!(
        "WITH ended AS (DELETE FROM session WHERE id = $1 RETURNING jti, user_id)
         INSERT INTO revoked_token (jti, token_type, reason, user_id)
         SELECT jti, 'refresh_token', 'manual_revoke', user_id FROM ended ON CONFLICT (jti) DO NOTHING",
        id,
    )
    .run(&mut *tx)
    .await
}
