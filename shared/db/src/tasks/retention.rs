//! Deleting old history, and ending what has waited or run for too long.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::{Db, Result};

/// What was deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// Tasks.
    pub tasks: u64,
    /// Results of tasks.
    pub results: u64,
    /// Attempts.
    pub attempts: u64,
}

/// What was ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unstuck {
    /// Tasks that waited.
    pub waiting: u64,
    /// Tasks that ran.
    pub running: u64,
}

impl Db {
    /// Deletes up to `limit` tasks that have ended and were submitted before an instant, oldest first, with all that
    /// belongs to them, their children too; and as many runs of schedules that were skipped before it.
    ///
    /// # Errors
    /// If the database fails; nothing was deleted then.
    pub async fn purge_tasks(&self, before: DateTime<Utc>, limit: i64) -> Result<Purged> {
        let row = sqlx::query!(
            "WITH old AS MATERIALIZED (
                 SELECT id FROM task WHERE created_at < $1 AND status IN ('SUCCESS', 'FAILURE', 'REVOKED')
                   AND batch_of IS NULL
                 ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED
             ), attempts AS (
                 SELECT count(*) AS n FROM task_attempt WHERE task_id IN (SELECT id FROM old)
             ), gone AS (
                 DELETE FROM task WHERE id IN (SELECT id FROM old) RETURNING result
             ), skipped AS (
                 DELETE FROM schedule_execution WHERE id IN (
                     SELECT id FROM schedule_execution WHERE task_id IS NULL AND created_at < $1
                     ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)
             )
             SELECT count(*) AS \"tasks!\", count(result) AS \"results!\", (SELECT n FROM attempts) AS \"attempts!\"
             FROM gone",
            before,
            limit,
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(Purged {
            tasks: row.tasks.unsigned_abs(),
            results: row.results.unsigned_abs(),
            attempts: row.attempts.unsigned_abs(),
        })
    }

    /// Ends as failed what has waited since before one instant or run since before another. A worker that still
    /// runs such a task finds its lease lost.
    ///
    /// # Errors
    /// If the database fails; nothing was ended then.
    pub async fn fail_stuck_tasks(
        &self,
        waiting_since: DateTime<Utc>,
        started_before: DateTime<Utc>,
        error: &Value,
    ) -> Result<Unstuck> {
        let row = sqlx::query!(
            "WITH stuck AS MATERIALIZED (
                 SELECT id, status, started_at FROM task
                 WHERE (status IN ('PENDING', 'RETRY')
                        AND greatest(created_at, coalesce(not_before, created_at)) < $1)
                    OR (status = 'STARTED' AND started_at < $2)
                 FOR UPDATE SKIP LOCKED
             ), ended AS (
                 UPDATE task SET status = 'FAILURE', result = $3, finished_at = now(), lease_expires_at = NULL,
                        progress_phase = NULL, progress_fraction = NULL
                 WHERE id IN (SELECT id FROM stuck) RETURNING id
             ), closed AS (
                 UPDATE task_attempt SET finished_at = now(), outcome = 'lost', error = 'stuck'
                 WHERE task_id IN (SELECT id FROM ended) AND finished_at IS NULL
             ), unsent AS (
                 DELETE FROM outbox WHERE id IN (
                     SELECT o.id FROM outbox o JOIN ended e ON o.task_id = e.id FOR UPDATE OF o SKIP LOCKED)
             )
             SELECT count(*) FILTER (WHERE status = 'STARTED') AS \"running!\",
                    count(*) FILTER (WHERE status <> 'STARTED') AS \"waiting!\" FROM stuck",
            waiting_since,
            started_before,
            error,
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(Unstuck {
            waiting: row.waiting.unsigned_abs(),
            running: row.running.unsigned_abs(),
        })
    }
}
