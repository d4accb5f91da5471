//! The end of an attempt: committed at most once, by the attempt that is current.

use serde_json::Value;

use super::Fence;
use crate::{
    Db, DbError,
    text::{storable, storable_json},
};

/// How an attempt ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    /// The task has its result.
    Success(Value),
    /// The task has failed for good; the value is a [`divbase_contract::tasks::TaskFailure`].
    Failure(Value),
    /// Cancelled.
    Revoked,
    /// Another attempt follows after a delay; the text says why.
    Retry {
        /// Until the next attempt may start.
        delay_seconds: f64,
        /// Why this one ended.
        error: String,
    },
    /// The worker is shutting down and hands the task back; this attempt does not count.
    Released,
}

/// Whether an ending was committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Committed {
    /// It was. A retry also left a message in the outbox, with this row.
    Yes {
        /// The message of the next attempt.
        outbox_id: Option<i64>,
    },
    /// The attempt was not the current one any more; nothing was changed.
    Fenced,
}

impl Db {
    /// Commits the end of an attempt.
    ///
    /// # Errors
    /// If the database fails; it is then unknown whether the end was committed, and repeating the call is safe.
    pub async fn end_attempt(&self, fence: Fence, ending: &Ending) -> Result<Committed, DbError> {
        match ending {
            // Both may quote a user's file. An end that cannot be stored would never be one.
            Ending::Success(result) => {
                self.end_for_good(fence, "SUCCESS", "success", Some(&storable_json(result)))
                    .await
            }
            Ending::Failure(error) => {
                self.end_for_good(fence, "FAILURE", "failure", Some(&storable_json(error)))
                    .await
            }
            Ending::Revoked => self.end_for_good(fence, "REVOKED", "revoked", None).await,
            Ending::Retry {
                delay_seconds,
                error,
            } => {
                self.end_with_another(fence, *delay_seconds, "retry", &storable(error), 0)
                    .await
            }
            Ending::Released => {
                self.end_with_another(fence, 0.0, "released", "the worker shut down", 1)
                    .await
            }
        }
    }

    async fn end_for_good(
        &self,
        fence: Fence,
        status: &str,
        outcome: &str,
        result: Option<&Value>,
    ) -> Result<Committed, DbError> {
        let error = match (outcome, result) {
            ("failure", Some(result)) => Some(result.to_string()),
            _ => None,
        };
        let ended = sqlx::query_scalar!(
            "WITH ended AS (
                 UPDATE task SET status = $3, result = $4, finished_at = now(), lease_expires_at = NULL,
                        progress_phase = NULL, progress_fraction = NULL
                 WHERE id = $1 AND attempt = $2 AND status = 'STARTED' RETURNING id, attempt
             ), unsent AS (
                 DELETE FROM outbox o USING ended e WHERE o.task_id = e.id
             )
             UPDATE task_attempt a SET finished_at = now(), outcome = $5, error = $6
             FROM ended e WHERE a.task_id = e.id AND a.attempt = e.attempt AND a.finished_at IS NULL
             RETURNING a.task_id",
            fence.task_id,
            fence.attempt,
            status,
            result,
            outcome,
            error,
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(ended.map_or(Committed::Fenced, |_| Committed::Yes { outbox_id: None }))
    }

    async fn end_with_another(
        &self,
        fence: Fence,
        delay_seconds: f64,
        outcome: &str,
        error: &str,
        extra_attempts: i32,
    ) -> Result<Committed, DbError> {
        let outbox_id = sqlx::query_scalar!(
            "WITH ended AS (
                 UPDATE task SET status = 'RETRY', not_before = now() + make_interval(secs => $3),
                        max_attempts = max_attempts + $6, lease_expires_at = NULL,
                        progress_phase = NULL, progress_fraction = NULL
                 WHERE id = $1 AND attempt = $2 AND status = 'STARTED'
                 RETURNING id, attempt, queue, not_before
             ), closed AS (
                 UPDATE task_attempt a SET finished_at = now(), outcome = $4, error = $5
                 FROM ended e WHERE a.task_id = e.id AND a.attempt = e.attempt AND a.finished_at IS NULL
             )
             INSERT INTO outbox (task_id, queue, send_after) SELECT id, queue, not_before FROM ended
             RETURNING id",
            fence.task_id,
            fence.attempt,
            delay_seconds,
            outcome,
            error,
            extra_attempts,
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(outbox_id.map_or(Committed::Fenced, |id| Committed::Yes {
            outbox_id: Some(id),
        }))
    }
}
