//! Runs of schedules: what became of them.

use chrono::{DateTime, Utc};
use divbase_contract::history::TaskStatus;
use serde_json::Value;
use uuid::Uuid;

use crate::{Db, Result, tasks};

/// A run of a schedule.
#[derive(Clone, Debug, PartialEq)]
pub struct Execution {
    /// Its number.
    pub id: i64,
    /// Its identity for other systems.
    pub uuid: Uuid,
    /// When it was due.
    pub scheduled_for: DateTime<Utc>,
    /// `timer` or `hand`.
    pub made_by: String,
    /// The task that does it.
    pub task_id: Option<i64>,
    /// Where that stands.
    pub status: Option<TaskStatus>,
    /// When it was first started.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub completed_at: Option<DateTime<Utc>>,
    /// Its result or its error.
    pub result: Option<Value>,
    /// Why it did not run.
    pub skipped_because: Option<String>,
}

impl Db {
    /// The newest executions of a schedule.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn schedule_executions(
        &self,
        schedule_id: i64,
        limit: i64,
    ) -> Result<Vec<Execution>> {
        let rows = sqlx::query!(
            "SELECT e.id, e.uuid, e.scheduled_for, e.made_by, e.task_id, e.skipped_because,
                    t.status AS \"status?\", t.started_at, t.finished_at, t.result
             FROM schedule_execution e LEFT JOIN task t ON t.id = e.task_id
             WHERE e.schedule_id = $1 ORDER BY e.scheduled_for DESC, e.id DESC LIMIT $2",
            schedule_id,
            limit,
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(Execution {
                    id: row.id,
                    uuid: row.uuid,
                    scheduled_for: row.scheduled_for,
                    made_by: row.made_by,
                    task_id: row.task_id,
                    status: row.status.as_deref().map(tasks::status).transpose()?,
                    started_at: row.started_at,
                    completed_at: row.finished_at,
                    result: row.result,
                    skipped_because: row.skipped_because,
                })
            })
            .collect()
    }
}
