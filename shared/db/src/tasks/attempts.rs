//! The attempts of a task, one by one.

use chrono::{DateTime, Utc};

use crate::{Db, Result};

/// Attempts that are read of a task: the newest ones.
const MOST: i64 = 1_000;

/// An attempt.
#[derive(Clone, Debug, PartialEq)]
pub struct AttemptRow {
    /// From 1.
    pub attempt: i32,
    /// Who ran it.
    pub worker: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// How it ended.
    pub outcome: Option<String>,
    /// Why it did not succeed: a JSON object for a failure, a text for others.
    pub error: Option<String>,
    /// Bytes from the object store.
    pub bytes_read: Option<i64>,
    /// Bytes to the object store.
    pub bytes_written: Option<i64>,
    /// CPU time of the task's code, seconds.
    pub cpu_seconds: Option<f64>,
}

impl Db {
    /// The newest thousand attempts of a task, in their order.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn task_attempts(&self, task_id: i64) -> Result<Vec<AttemptRow>> {
        let mut rows = sqlx::query_as!(
            AttemptRow,
            "SELECT attempt, worker, started_at, finished_at, outcome, error, bytes_read, bytes_written, cpu_seconds
             FROM task_attempt WHERE task_id = $1 ORDER BY attempt DESC LIMIT $2",
            task_id,
            MOST,
        )
        .fetch_all(&self.pool)
        .await?;
        rows.reverse();
        Ok(rows)
    }
}
