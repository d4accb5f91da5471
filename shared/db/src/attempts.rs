//! How often something was tried, and from where somebody has logged in.

use crate::{Db, Result, statement::Statement};

/// A subject of attempts and how many it may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptLimit {
    /// What is counted; at most 200 characters.
    pub subject: String,
    /// So many attempts …
    pub most: i32,
    /// … within so many seconds.
    pub seconds: i32,
}

impl Db {
    /// Notes an attempt at all these subjects. If one of them has had its number, none is noted, and the answer is the
    /// number of seconds to wait; 0 otherwise.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn note_attempt(&self, limits: &[AttemptLimit]) -> Result<i32> {
        let subjects: Vec<String> = limits.iter().map(|limit| limit.subject.clone()).collect();
        let most: Vec<i32> = limits.iter().map(|limit| limit.most).collect();
        let seconds: Vec<i32> = limits.iter().map(|limit| limit.seconds).collect();
        Ok(sqlx::query_scalar!(
            "SELECT note_attempt($1, $2, $3) AS \"wait!\"",
            &subjects,
            &most,
            &seconds,
        )
        .fetch_one(&self.pool)
        .await?)
    }

    /// Takes the latest attempt at each subject back: it succeeded.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn forget_attempt(&self, limits: &[AttemptLimit]) -> Result<()> {
        let subjects: Vec<String> = limits.iter().map(|limit| limit.subject.clone()).collect();
        sqlx::query!(
            "DELETE FROM attempt WHERE ctid IN (
                 SELECT latest.ctid FROM unnest($1::text[]) AS wanted(subject)
                 CROSS JOIN LATERAL (SELECT a.ctid FROM attempt a WHERE a.subject = wanted.subject
                                     ORDER BY a.at DESC LIMIT 1) latest)",
            &subjects,
        )
        .run(&self.pool)
        .await
    }

    /// Whether the account with this e-mail address has logged in from this network address lately.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn is_known_address(&self, email: &str, address: &str) -> Result<bool> {
        Ok(sqlx::query_scalar!(
            "SELECT EXISTS (SELECT 1 FROM known_address k JOIN app_user u ON u.id = k.user_id
                            WHERE u.email = lower($1) AND k.address = $2 AND k.seen_at > now() - interval '90 days')
             AS \"known!\"",
            email,
            address,
        )
        .fetch_one(&self.pool)
        .await?)
    }

    /// Notes that the account has logged in from this network address.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn note_address(&self, user_id: i64, address: &str) -> Result<()> {
        sqlx::query!(
            "INSERT INTO known_address (user_id, address) VALUES ($1, $2)
             ON CONFLICT (user_id, address) DO UPDATE SET seen_at = now()",
            user_id,
            address,
        )
        .run(&self.pool)
        .await
    }

    /// Deletes attempts and addresses that no limit looks at any more, and one-time tokens that have ended.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn purge_attempts(&self) -> Result<()> {
        sqlx::query!("DELETE FROM attempt WHERE at < now() - interval '1 day'")
            .execute(&self.pool)
            .await?;
        sqlx::query!("DELETE FROM invitation WHERE expires_at < now() - interval '1 day'")
            .execute(&self.pool)
            .await?;
        sqlx::query!("DELETE FROM password_reset WHERE expires_at < now() - interval '1 day'")
            .execute(&self.pool)
            .await?;
        sqlx::query!("DELETE FROM device_sign_in WHERE expires_at < now() - interval '1 hour'")
            .execute(&self.pool)
            .await?;
        sqlx::query!("DELETE FROM known_address WHERE seen_at < now() - interval '90 days'")
            .run(&self.pool)
            .await
    }
}
