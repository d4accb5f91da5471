//! Batches: a task's children, and its return when the last of them has ended.
//!
//! A child's end writes nothing to its parent, so that children never wait for each other. Whoever has committed an end looks
//! afterwards whether it was the last; of those who find so, one sets the parent free. A rescue looks for those who died in
//! between.

use divbase_contract::history::TaskStatus;
use serde_json::Value;
use sqlx::PgConnection;

use super::{Committed, Cost, Fence, status};
use crate::{Db, Result, statement::Statement, text::storable_json};

/// The children that a task splits into.
#[derive(Clone, Debug, PartialEq)]
pub struct NewBatch {
    /// Dotted name of the children's kind.
    pub name: String,
    /// `quick`, `long` or `heavy`.
    pub queue: String,
    /// Keyword arguments, one object for each child.
    pub children: Vec<Value>,
    /// Before whom they go: 0 somebody waits, 1 indexing, 2 housekeeping.
    pub priority: i16,
    /// Attempts of each child before it fails for good.
    pub max_attempts: i32,
    /// What the parent needs to go on with.
    pub then: Value,
    /// Attempts that the parent has for joining them.
    pub own_attempts: i32,
}

/// A child that has ended.
#[derive(Clone, Debug, PartialEq)]
pub struct EndedChild {
    /// The task.
    pub task_id: i64,
    /// `SUCCESS`, `FAILURE` or `REVOKED`.
    pub status: TaskStatus,
    /// Result or error; none if it was cancelled.
    pub result: Option<Value>,
}

impl Db {
    /// Ends an attempt by splitting its task: the parent's state, the children and their messages are committed together. A
    /// task that somebody wants cancelled ends instead.
    ///
    /// # Errors
    /// If the database fails; it is then unknown whether the split was committed, and repeating the call is safe.
    pub(super) async fn end_with_batch(
        &self,
        fence: Fence,
        batch: &NewBatch,
        cost: Cost,
    ) -> Result<Committed> {
        let mut tx = self.begin().await?;
        let parent = sqlx::query_scalar!(
            "WITH ended AS (
                 UPDATE task SET
                        status = CASE WHEN cancel_requested_at IS NULL THEN 'RETRY' ELSE 'REVOKED' END,
                        finished_at = CASE WHEN cancel_requested_at IS NULL THEN NULL ELSE now() END,
                        not_before = '9999-12-31', batch_open = cancel_requested_at IS NULL, batch_size = $3,
                        batch_then = $4, max_attempts = attempt + $5, lease_expires_at = NULL,
                        progress_phase = NULL, progress_fraction = NULL, wants_beside = false
                 WHERE id = $1 AND $2 IN (attempt, beside) AND status = 'STARTED'
                   AND (beside IS NULL OR EXISTS (SELECT FROM task_attempt a WHERE a.task_id = $1 AND a.attempt = $2
                                                    AND a.finished_at IS NULL))
                 RETURNING id, status, beside
             ), closed AS (
                 UPDATE task_attempt a SET finished_at = now(), outcome = 'split',
                        bytes_read = $6, bytes_written = $7, cpu_seconds = $8, requests = $9
                 WHERE a.task_id = $1 AND a.attempt = $2 AND a.finished_at IS NULL AND EXISTS (SELECT FROM ended)
             ), late AS (
                 UPDATE task_attempt a SET finished_at = now(), outcome = 'lost', error = 'another attempt was first'
                 FROM ended e WHERE e.beside IS NOT NULL AND a.task_id = $1 AND a.attempt <> $2 AND a.finished_at IS NULL
             )
             SELECT status FROM ended",
            fence.task_id,
            fence.attempt,
            i32::try_from(batch.children.len()).unwrap_or(i32::MAX),
            storable_json(&batch.then),
            batch.own_attempts,
            cost.bytes_read,
            cost.bytes_written,
            cost.cpu_seconds,
            cost.requests,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(parent) = parent else {
            return Ok(Committed::Fenced);
        };
        if status(&parent)? == TaskStatus::Retry {
            let children: Vec<Value> = batch.children.iter().map(storable_json).collect();
            sqlx::query!(
                "WITH made AS (
                     INSERT INTO task (name, queue, kwargs, user_id, project_id, max_attempts, request_id, batch_of,
                                       batch_index, priority, traceparent)
                     SELECT $2, $3, c.kwargs, p.user_id, p.project_id, $5, p.request_id, p.id, (c.n - 1)::integer, $6,
                            p.traceparent
                     FROM task p, unnest($4::jsonb[]) WITH ORDINALITY AS c (kwargs, n)
                     WHERE p.id = $1 ORDER BY c.n
                     RETURNING id, queue
                 )
                 INSERT INTO outbox (task_id, queue) SELECT id, queue FROM made ORDER BY id",
                fence.task_id,
                batch.name,
                batch.queue,
                &children,
                batch.max_attempts,
                batch.priority,
            )
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(Committed::Yes { outbox_id: None })
    }

    /// Sets a parent free if its last child has ended and nobody else has done so; gives its message.
    ///
    /// # Errors
    /// If the database fails; then a rescue does it.
    pub async fn finish_batch(&self, parent: i64) -> Result<Option<i64>> {
        // From the newest child: those that end last are mostly the last, and the index has the others' ends behind them.
        Ok(sqlx::query_scalar!(
            "WITH ready AS (
                 UPDATE task p SET batch_open = false, not_before = now()
                 WHERE p.id = $1 AND p.batch_open AND p.status = 'RETRY'
                   AND (SELECT c.id FROM task c WHERE c.batch_of = $1 AND c.status IN ('PENDING', 'STARTED', 'RETRY')
                        ORDER BY c.id DESC LIMIT 1) IS NULL
                 RETURNING id, queue
             )
             INSERT INTO outbox (task_id, queue) SELECT id, queue FROM ready RETURNING id",
            parent,
        )
        .fetch_optional(&self.pool)
        .await?)
    }

    /// How the children of a kind ended, in their order.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn ended_children(&self, parent: i64, name: &str) -> Result<Vec<EndedChild>> {
        sqlx::query!(
            "SELECT id, status, result FROM task WHERE batch_of = $1 AND name = $2 ORDER BY batch_index, id",
            parent,
            name,
        )
        .fetch_all(&self.pool)
        .await?
        .into_iter()
        .map(|row| {
            Ok(EndedChild {
                task_id: row.id,
                status: status(&row.status)?,
                result: row.result,
            })
        })
        .collect()
    }
}

/// Ends the children of parents that have ended without them: those that wait at once, those that run are asked to stop.
/// Children's children follow.
pub(super) async fn cancel_orphans(tx: &mut PgConnection) -> Result<u64> {
    let mut total = 0;
    loop {
        let cancelled = sqlx::query!(
            "WITH over AS (
                 UPDATE task SET batch_open = false
                 WHERE id IN (SELECT id FROM task WHERE batch_open AND status IN ('SUCCESS', 'FAILURE', 'REVOKED')
                              FOR UPDATE SKIP LOCKED)
                 RETURNING id, cancel_requested_by
             )
             UPDATE task c SET cancel_requested_at = coalesce(c.cancel_requested_at, now()),
                    cancel_requested_by = coalesce(c.cancel_requested_by, p.cancel_requested_by),
                    status = CASE WHEN c.status = 'STARTED' THEN c.status ELSE 'REVOKED' END,
                    finished_at = CASE WHEN c.status = 'STARTED' THEN NULL ELSE now() END
             FROM over p WHERE c.batch_of = p.id AND c.status IN ('PENDING', 'STARTED', 'RETRY')"
        )
        .changed(&mut *tx)
        .await?;
        total += cancelled;
        if cancelled == 0 {
            return Ok(total);
        }
    }
}

/// Sets free every parent whose last child has ended.
pub(super) async fn finish_all(tx: &mut PgConnection) -> Result<u64> {
    sqlx::query!(
        "WITH ready AS (
             UPDATE task SET batch_open = false, not_before = now()
             WHERE id IN (SELECT p.id FROM task p WHERE p.batch_open AND p.status = 'RETRY'
                          AND (SELECT c.id FROM task c WHERE c.batch_of = p.id
                               AND c.status IN ('PENDING', 'STARTED', 'RETRY') ORDER BY c.id DESC LIMIT 1) IS NULL
                          FOR UPDATE SKIP LOCKED)
             RETURNING id, queue
         )
         INSERT INTO outbox (task_id, queue) SELECT id, queue FROM ready"
    )
    .changed(&mut *tx)
    .await
}
