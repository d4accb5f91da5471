//! Cancelling: a waiting task ends at once, a running one is asked to stop, and so are the children of one that waits for them.

use divbase_contract::history::TaskStatus;

use super::{batch::cancel_orphans, status};
use crate::{Db, Result};

/// What a wish to cancel led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelOutcome {
    /// Nobody ran it; it is `REVOKED` now.
    Revoked,
    /// A worker runs it and will be told when it renews its lease.
    Requested,
    /// It had ended before.
    Ended(TaskStatus),
    /// There is no such task.
    Unknown,
}

impl Db {
    /// Cancels a task on behalf of a user.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn cancel_task(&self, task_id: i64, user_id: i64) -> Result<CancelOutcome> {
        let mut tx = self.begin().await?;
        let after = sqlx::query!(
            "UPDATE task SET cancel_requested_at = coalesce(cancel_requested_at, now()),
                    cancel_requested_by = coalesce(cancel_requested_by, $2),
                    status = CASE WHEN status = 'STARTED' THEN status ELSE 'REVOKED' END,
                    finished_at = CASE WHEN status = 'STARTED' THEN NULL ELSE now() END
             WHERE id = $1 AND status IN ('PENDING', 'STARTED', 'RETRY')
             RETURNING status, batch_of, batch_open",
            task_id,
            user_id,
        )
        .fetch_optional(&mut *tx)
        .await?;
        if let Some(after) = after {
            if after.batch_open {
                // In a statement of its own: children that were committed while the first waited for its lock are seen.
                cancel_orphans(&mut tx).await?;
            }
            tx.commit().await?;
            if let Some(parent) = after.batch_of {
                self.finish_batch(parent).await?;
            }
            return Ok(match status(&after.status)? {
                TaskStatus::Started => CancelOutcome::Requested,
                _ => CancelOutcome::Revoked,
            });
        }
        let ended = sqlx::query_scalar!("SELECT status FROM task WHERE id = $1", task_id)
            .fetch_optional(&self.pool)
            .await?;
        Ok(match ended {
            Some(text) => CancelOutcome::Ended(status(&text)?),
            None => CancelOutcome::Unknown,
        })
    }
}
