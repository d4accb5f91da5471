//! The end of an attempt: committed at most once, by the attempt that is current.

use serde_json::Value;

use super::{Fence, NewBatch};
use crate::{
    Db, Result,
    text::{storable, storable_json},
};

/// How an attempt ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    /// The task has its result.
    Success(Value),
    /// The task has failed for good.
    Failure {
        /// A [`divbase_contract::tasks::TaskFailure`].
        error: Value,
        /// Whether an operator should see its message.
        message: AfterFailure,
    },
    /// Cancelled.
    Revoked,
    /// Another attempt follows after a delay; the text says why.
    Retry {
        /// Until the next attempt may start.
        delay_seconds: f64,
        /// Why this one ended.
        error: String,
    },
    /// It waits for children, which are committed with this end.
    Split(NewBatch),
    /// It has nothing to do yet and is run again later; this attempt does not count.
    Snoozed {
        /// Until the next attempt may start.
        delay_seconds: f64,
        /// What it waits for.
        reason: String,
    },
    /// The worker is shutting down and hands the task back; this attempt does not count.
    Released,
}

/// What becomes of the message of a task that has failed for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterFailure {
    /// Nothing: the failure is the user's to mend.
    Forget,
    /// It goes to the dead letters, from where an operator may have it run again.
    Bury,
}

/// Whether an ending was committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Committed {
    /// It was. Another attempt, or a dead letter, also left a message in the outbox, with this row.
    Yes {
        /// The message.
        outbox_id: Option<i64>,
    },
    /// The attempt was not the current one any more; nothing was changed.
    Fenced,
}

/// What an attempt cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, sqlx::FromRow)]
pub struct Cost {
    /// Bytes from the object store.
    pub bytes_read: i64,
    /// Bytes to the object store.
    pub bytes_written: i64,
    /// How often the object store was asked for bytes.
    pub requests: i64,
    /// CPU time of the task's code, seconds.
    pub cpu_seconds: f64,
}

impl Db {
    /// Commits the end of an attempt, and what it cost.
    ///
    /// # Errors
    /// If the database fails; it is then unknown whether the end was committed, and repeating the call is safe.
    pub async fn end_attempt(
        &self,
        fence: Fence,
        ending: &Ending,
        cost: Cost,
    ) -> Result<Committed> {
        match ending {
            // Both may quote a user's file. An end that cannot be stored would never be one.
            Ending::Success(result) => {
                let result = storable_json(result);
                if self.succeed(fence, result.clone(), cost).await {
                    return Ok(Committed::Yes { outbox_id: None });
                }
                self.end_for_good(fence, "SUCCESS", Some(&result), AfterFailure::Forget, cost)
                    .await
            }
            Ending::Failure { error, message } => {
                let error = storable_json(error);
                self.end_for_good(fence, "FAILURE", Some(&error), *message, cost)
                    .await
            }
            Ending::Revoked => {
                self.end_for_good(fence, "REVOKED", None, AfterFailure::Forget, cost)
                    .await
            }
            Ending::Retry {
                delay_seconds,
                error,
            } => {
                self.end_with_another(fence, *delay_seconds, "retry", &storable(error), 0, cost)
                    .await
            }
            Ending::Split(batch) => self.end_with_batch(fence, batch, cost).await,
            Ending::Snoozed {
                delay_seconds,
                reason,
            } => {
                self.end_with_another(fence, *delay_seconds, "snoozed", &storable(reason), 1, cost)
                    .await
            }
            Ending::Released => {
                self.end_with_another(fence, 0.0, "released", "the worker shut down", 1, cost)
                    .await
            }
        }
    }

    async fn end_for_good(
        &self,
        fence: Fence,
        status: &str,
        result: Option<&Value>,
        message: AfterFailure,
        cost: Cost,
    ) -> Result<Committed> {
        let error = result
            .filter(|_| status == "FAILURE")
            .map(ToString::to_string);
        // A message that is due is left to the relay: it may be that of another task which ran this one, and is leave to run that other.
        let ended = sqlx::query!(
            "WITH ended AS (
                 UPDATE task SET status = $3, result = $4, finished_at = now(), lease_expires_at = NULL,
                        progress_phase = NULL, progress_fraction = NULL, wants_beside = false
                 WHERE id = $1 AND $2 IN (attempt, beside) AND status = 'STARTED'
                   -- One that has ended already is still named while another runs beside it.
                   AND (beside IS NULL OR EXISTS (SELECT FROM task_attempt a WHERE a.task_id = $1 AND a.attempt = $2
                                                    AND a.finished_at IS NULL))
                 RETURNING id, queue, beside
             ), closed AS (
                 UPDATE task_attempt a SET finished_at = now(),
                        outcome = CASE WHEN a.attempt = $2 THEN lower($3) ELSE 'lost' END,
                        error = CASE WHEN a.attempt = $2 THEN $5 ELSE 'another attempt was first' END,
                        bytes_read = CASE WHEN a.attempt = $2 THEN $7 ELSE a.bytes_read END,
                        bytes_written = CASE WHEN a.attempt = $2 THEN $8 ELSE a.bytes_written END,
                        cpu_seconds = CASE WHEN a.attempt = $2 THEN $9 ELSE a.cpu_seconds END,
                        requests = CASE WHEN a.attempt = $2 THEN $10 ELSE a.requests END
                 FROM ended e
                 WHERE a.task_id = $1 AND (a.attempt = $2 OR e.beside IS NOT NULL) AND a.finished_at IS NULL
             ), unsent AS (
                 DELETE FROM outbox WHERE id = ANY (ARRAY(
                     SELECT o.id FROM outbox o WHERE o.task_id = $1 AND o.send_after > now() AND EXISTS (SELECT FROM ended)
                     FOR UPDATE SKIP LOCKED))
             ), dead AS (
                 INSERT INTO outbox (task_id, queue, destination)
                 SELECT id, queue, 'dead' FROM ended WHERE $6 RETURNING id
             )
             SELECT e.id, (SELECT d.id FROM dead d) AS outbox_id FROM ended e",
            fence.task_id,
            fence.attempt,
            status,
            result,
            error,
            message == AfterFailure::Bury,
            cost.bytes_read,
            cost.bytes_written,
            cost.cpu_seconds,
            cost.requests,
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(ended.map_or(Committed::Fenced, |row| Committed::Yes {
            outbox_id: row.outbox_id,
        }))
    }

    /// A task that somebody wants cancelled gets no other attempt: it ends here. One that another attempt runs beside this one goes on
    /// with that alone.
    async fn end_with_another(
        &self,
        fence: Fence,
        delay_seconds: f64,
        outcome: &str,
        error: &str,
        extra_attempts: i32,
        cost: Cost,
    ) -> Result<Committed> {
        let ended = sqlx::query!(
            "WITH own AS MATERIALIZED (
                 SELECT a.task_id, a.is_second,
                        EXISTS (SELECT FROM task_attempt o JOIN task t ON t.id = o.task_id
                                WHERE o.task_id = $1 AND o.attempt IN (t.attempt, t.beside) AND o.attempt <> $2
                                  AND o.finished_at IS NULL) AS accompanied
                 FROM task_attempt a WHERE a.task_id = $1 AND a.attempt = $2 AND a.finished_at IS NULL
             ), ended AS (
                 UPDATE task SET
                        status = CASE WHEN accompanied THEN status WHEN cancel_requested_at IS NULL THEN 'RETRY'
                                      ELSE 'REVOKED' END,
                        finished_at = CASE WHEN accompanied OR cancel_requested_at IS NULL THEN NULL ELSE now() END,
                        not_before = CASE WHEN accompanied THEN not_before ELSE now() + make_interval(secs => $3) END,
                        -- A second attempt is none of those that the task has, whatever becomes of it.
                        max_attempts = max_attempts + CASE WHEN is_second THEN 0 ELSE $6 END,
                        lease_expires_at = CASE WHEN accompanied THEN lease_expires_at END,
                        progress_phase = NULL, progress_fraction = NULL,
                        wants_beside = wants_beside AND accompanied
                 FROM own WHERE id = own.task_id AND $2 IN (attempt, beside) AND status = 'STARTED'
                 RETURNING id, queue, not_before, status
             ), closed AS (
                 UPDATE task_attempt a SET finished_at = now(), outcome = $4, error = $5,
                        bytes_read = $7, bytes_written = $8, cpu_seconds = $9, requests = $10
                 WHERE a.task_id = $1 AND a.attempt = $2 AND a.finished_at IS NULL AND EXISTS (SELECT FROM ended)
             ), announced AS (
                 INSERT INTO outbox (task_id, queue, send_after)
                 SELECT id, queue, not_before FROM ended WHERE status = 'RETRY' RETURNING id
             )
             SELECT e.id, (SELECT a.id FROM announced a) AS outbox_id FROM ended e",
            fence.task_id,
            fence.attempt,
            delay_seconds,
            outcome,
            error,
            extra_attempts,
            cost.bytes_read,
            cost.bytes_written,
            cost.cpu_seconds,
            cost.requests,
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(ended.map_or(Committed::Fenced, |row| Committed::Yes {
            outbox_id: row.outbox_id,
        }))
    }
}
