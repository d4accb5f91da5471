//! Writes of a running attempt. Each names its fence and does nothing once the attempt is no longer the current one.

use super::Fence;
use crate::{Db, Result};

/// What a worker learns when it renews its lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaseState {
    /// Renewed; go on.
    Held,
    /// Renewed; the user asked to cancel.
    CancelRequested,
    /// The attempt is not the current one any more: stop, nothing of it can be committed.
    Lost,
}

/// What a running attempt is doing.
#[derive(Clone, Debug, PartialEq)]
pub struct ProgressReport {
    /// In words.
    pub phase: String,
    /// How much of the whole is done, 0 to 1, if known.
    pub fraction: Option<f64>,
}

impl Db {
    /// Renews the lease of an attempt and records its progress, if there is news. Two attempts that run beside each other have one
    /// lease, which either renews.
    ///
    /// # Errors
    /// If the database fails; the lease then ends when it would have.
    pub async fn renew_lease(
        &self,
        fence: Fence,
        lease_seconds: f64,
        progress: Option<&ProgressReport>,
    ) -> Result<LeaseState> {
        let cancel = sqlx::query_scalar!(
            "UPDATE task SET lease_expires_at = now() + make_interval(secs => $3),
                    progress_phase = coalesce($4, progress_phase),
                    progress_fraction = CASE WHEN $4::text IS NULL THEN progress_fraction ELSE $5 END
             WHERE id = $1 AND $2 IN (attempt, beside) AND status = 'STARTED'
             RETURNING cancel_requested_at IS NOT NULL AS \"cancel!\"",
            fence.task_id,
            fence.attempt,
            lease_seconds,
            progress.map(|progress| progress.phase.as_str()),
            progress.and_then(|progress| progress.fraction),
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(match cancel {
            None => LeaseState::Lost,
            Some(true) => LeaseState::CancelRequested,
            Some(false) => LeaseState::Held,
        })
    }
}
