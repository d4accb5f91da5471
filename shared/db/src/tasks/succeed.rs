//! The end of most attempts: a result, of a task that no other attempt runs beside. What ends in a process at the same moment is one
//! statement.

use std::{collections::HashSet, sync::Arc};

use serde_json::Value;
use sqlx::PgPool;

use super::{Cost, Fence};
use crate::{Db, gather::Gather};

/// Ends that wait for a statement.
pub(crate) type Successes = Arc<Gather<Success, bool>>;

/// The end of an attempt.
pub(crate) struct Success {
    fence: Fence,
    /// As it can be stored.
    result: Value,
    cost: Cost,
}

impl Db {
    /// Commits a result, if the attempt is the only current one and nobody else writes to the task. If not, nothing is known of it.
    pub(super) async fn succeed(&self, fence: Fence, result: Value, cost: Cost) -> bool {
        let success = Success {
            fence,
            result,
            cost,
        };
        let pool = self.pool.clone();
        let ended = self
            .gathered
            .successes
            .ask(success, move |ends| succeed_all(pool.clone(), ends));
        ended.await.unwrap_or(false)
    }
}

async fn succeed_all(pool: PgPool, ends: Vec<Success>) -> Result<Vec<bool>, sqlx::Error> {
    let tasks: Vec<i64> = ends.iter().map(|end| end.fence.task_id).collect();
    let attempts: Vec<i32> = ends.iter().map(|end| end.fence.attempt).collect();
    let read: Vec<i64> = ends.iter().map(|end| end.cost.bytes_read).collect();
    let written: Vec<i64> = ends.iter().map(|end| end.cost.bytes_written).collect();
    let cpu: Vec<f64> = ends.iter().map(|end| end.cost.cpu_seconds).collect();
    let requests: Vec<i64> = ends.iter().map(|end| end.cost.requests).collect();
    let results: Vec<Value> = ends.into_iter().map(|end| end.result).collect();
    let ended = sqlx::query_scalar!(
        "WITH own AS MATERIALIZED (
             SELECT t.id, e.attempt, e.result, e.bytes_read, e.bytes_written, e.cpu_seconds, e.requests
             FROM unnest($1::bigint[], $2::integer[], $3::jsonb[], $4::bigint[], $5::bigint[], $6::float8[], $7::bigint[])
                  AS e(task_id, attempt, result, bytes_read, bytes_written, cpu_seconds, requests)
             JOIN task t ON t.id = e.task_id
             WHERE t.attempt = e.attempt AND t.status = 'STARTED' AND t.beside IS NULL
             FOR UPDATE OF t SKIP LOCKED
         ), ended AS (
             UPDATE task SET status = 'SUCCESS', result = own.result, finished_at = now(), lease_expires_at = NULL,
                    progress_phase = NULL, progress_fraction = NULL, wants_beside = false
             FROM own WHERE task.id = own.id RETURNING task.id
         ), closed AS (
             UPDATE task_attempt a SET finished_at = now(), outcome = 'success', bytes_read = own.bytes_read,
                    bytes_written = own.bytes_written, cpu_seconds = own.cpu_seconds, requests = own.requests
             FROM own WHERE a.task_id = own.id AND a.attempt = own.attempt AND a.finished_at IS NULL
         ), unsent AS (
             -- A message that is due is left to the relay: see the ends of other kinds.
             DELETE FROM outbox WHERE id = ANY (ARRAY(
                 SELECT o.id FROM outbox o JOIN own ON own.id = o.task_id WHERE o.send_after > now()
                 FOR UPDATE OF o SKIP LOCKED))
         )
         SELECT id FROM ended",
        &tasks,
        &attempts,
        &results,
        &read,
        &written,
        &cpu,
        &requests,
    )
    .fetch_all(&pool)
    .await?;
    let mut ended: HashSet<i64> = ended.into_iter().collect();
    // The attempts of one task have numbers of their own, and one of them is the current one.
    Ok(tasks.iter().map(|task_id| ended.remove(task_id)).collect())
}
