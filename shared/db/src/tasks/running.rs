//! Writes of a running attempt. Each names its fence and does nothing once the attempt is no longer the current one.

use super::Fence;
use crate::{Db, DbError};

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

impl Db {
    /// Renews the lease of an attempt.
    ///
    /// # Errors
    /// If the database fails; the lease then ends when it would have.
    pub async fn renew_lease(
        &self,
        fence: Fence,
        lease_seconds: i32,
    ) -> Result<LeaseState, DbError> {
        let cancel = sqlx::query_scalar!(
            "UPDATE task SET lease_expires_at = now() + make_interval(secs => $3)
             WHERE id = $1 AND attempt = $2 AND status = 'STARTED'
             RETURNING cancel_requested_at IS NOT NULL AS \"cancel!\"",
            fence.task_id,
            fence.attempt,
            f64::from(lease_seconds),
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(match cancel {
            None => LeaseState::Lost,
            Some(true) => LeaseState::CancelRequested,
            Some(false) => LeaseState::Held,
        })
    }

    /// Records what a running attempt is doing; `fraction` is 0 to 1 of the whole, if known.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn report_progress(
        &self,
        fence: Fence,
        phase: &str,
        fraction: Option<f64>,
    ) -> Result<(), DbError> {
        sqlx::query!(
            "UPDATE task SET progress_phase = $3, progress_fraction = $4
             WHERE id = $1 AND attempt = $2 AND status = 'STARTED'",
            fence.task_id,
            fence.attempt,
            phase,
            fraction,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
