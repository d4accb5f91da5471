//! Programs that wait to be signed in by their user in a browser (RFC 8628).

use chrono::{DateTime, Utc};
use divbase_contract::audit::AuditAction;

use crate::{Db, Origin, Result, User, audit::NewEntry, statement::Statement};

/// Longest time between two questions, seconds, however often a program asks too soon.
const LONGEST_WAIT: i32 = 60;

/// A program that begins to wait.
#[derive(Clone, Copy, Debug)]
pub struct NewDeviceSignIn<'a> {
    /// SHA-256 of the code that the program keeps.
    pub device_sha256: &'a str,
    /// Keyed digest of the code that its user types.
    pub user_code_digest: &'a str,
    /// What the program calls itself.
    pub program: &'a str,
    /// The network address from which it asks.
    pub address: &'a str,
    /// When it has waited for too long.
    pub expires_at: DateTime<Utc>,
    /// How long it has to wait between two questions, seconds.
    pub wait_seconds: i32,
}

/// A program that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceSignIn {
    /// What it calls itself.
    pub program: String,
    /// The network address from which it asks.
    pub address: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// What a program is told that asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DevicePoll {
    /// Nobody has decided yet.
    Pending,
    /// Nor has anybody now, and it asks too often.
    TooSoon,
    /// It has waited for too long.
    Expired,
    /// Its user, or whoever was taken for that, refused.
    Refused,
    /// It is signed in as this account; it is told so once.
    Approved(User),
    /// It does not wait.
    Unknown,
}

impl Db {
    /// Notes a program that begins to wait.
    ///
    /// # Errors
    /// `device_sign_in_user_code_digest_key` if another one has the user's code.
    pub async fn start_device_sign_in(&self, new: NewDeviceSignIn<'_>) -> Result<()> {
        sqlx::query!(
            "INSERT INTO device_sign_in (device_sha256, user_code_digest, program, address, expires_at, wait_seconds)
             VALUES ($1, $2, $3, $4, $5, $6)",
            new.device_sha256,
            new.user_code_digest,
            new.program,
            new.address,
            new.expires_at,
            new.wait_seconds,
        )
        .run(&self.pool)
        .await
    }

    /// The program that waits with this user code.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn device_sign_in(&self, user_code_digest: &str) -> Result<Option<DeviceSignIn>> {
        Ok(sqlx::query_as!(
            DeviceSignIn,
            "SELECT program, address, created_at FROM device_sign_in
             WHERE user_code_digest = $1 AND state = 'waiting' AND expires_at > now()",
            user_code_digest,
        )
        .fetch_optional(&self.pool)
        .await?)
    }

    /// Decides about the program that waits with this user code; tells whether there was one. Of two decisions the first
    /// counts.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn decide_device_sign_in(
        &self,
        user_code_digest: &str,
        user_id: i64,
        approve: bool,
        by: &Origin,
    ) -> Result<bool> {
        let mut tx = self.begin().await?;
        let decided = sqlx::query!(
            "UPDATE device_sign_in SET state = CASE WHEN $3 THEN 'approved' ELSE 'refused' END,
                                       user_id = CASE WHEN $3 THEN $2::bigint END
             WHERE user_code_digest = $1 AND state = 'waiting' AND expires_at > now()
             RETURNING program, address",
            user_code_digest,
            user_id,
            approve,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(decided) = decided else {
            return Ok(false);
        };
        let action = match approve {
            true => AuditAction::DeviceApproved,
            false => AuditAction::DeviceRefused,
        };
        NewEntry::of_user(action, user_id)
            .with("program", Some(decided.program))
            .with("device_address", Some(decided.address))
            .commit(tx, by)
            .await?;
        Ok(true)
    }

    /// A program asks. What it has waited for, it is told once.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn poll_device_sign_in(&self, device_sha256: &str) -> Result<DevicePoll> {
        let mut tx = self.begin().await?;
        let row = sqlx::query!(
            "SELECT state, user_id, expires_at <= now() AS \"ended!\",
                    coalesce(polled_at > now() - make_interval(secs => wait_seconds), false) AS \"too_soon!\"
             FROM device_sign_in WHERE device_sha256 = $1 FOR UPDATE",
            device_sha256,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = row else {
            return Ok(DevicePoll::Unknown);
        };
        if !row.ended && row.state == "waiting" {
            sqlx::query!(
                "UPDATE device_sign_in SET polled_at = now(),
                        wait_seconds = CASE WHEN $2 THEN least(wait_seconds + 5, $3) ELSE wait_seconds END
                 WHERE device_sha256 = $1",
                device_sha256,
                row.too_soon,
                LONGEST_WAIT,
            )
            .execute(&mut *tx)
            .await?;
            tx.commit().await?;
            return Ok(match row.too_soon {
                true => DevicePoll::TooSoon,
                false => DevicePoll::Pending,
            });
        }
        sqlx::query!(
            "DELETE FROM device_sign_in WHERE device_sha256 = $1",
            device_sha256
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        match row.user_id {
            _ if row.ended => Ok(DevicePoll::Expired),
            Some(user_id) => {
                let user = self.user(user_id).await?;
                Ok(user.map_or(DevicePoll::Unknown, DevicePoll::Approved))
            }
            None => Ok(DevicePoll::Refused),
        }
    }
}
