//! Deletes the history of tasks that ended long ago. Nothing else deletes history.

use divbase_tasks::{Queue, Task, TaskError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::cutoff::{Days, days_ago, retention};
use crate::{Context, Services};

/// Tasks that are deleted in one statement.
const BATCH: i64 = 1000;

/// The task.
pub struct CleanupOldTaskHistory;

retention! {
    /// How long history is kept.
    HistoryRetention,
    /// Days since submission.
    30
}

/// What was deleted. The names are those of the Python server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HistoryCleanup {
    /// `completed`.
    pub status: String,
    /// Results.
    pub number_of_celery_meta_deleted: u64,
    /// Tasks.
    pub number_of_task_history_deleted: u64,
    /// Attempts.
    pub number_of_started_at_deleted: u64,
    /// What was submitted before is gone.
    pub cutoff_date: String,
    /// As asked.
    pub retention_days: i64,
}

impl Task for CleanupOldTaskHistory {
    const NAME: &'static str = "cron_tasks.cleanup_old_task_history";
    const QUEUE: Queue = Queue::Quick;
    const SCHEDULABLE: bool = true;
    type Services = Services;
    type Kwargs = HistoryRetention;
    type Output = HistoryCleanup;

    async fn run(ctx: Context, kwargs: HistoryRetention) -> Result<HistoryCleanup, TaskError> {
        let days = kwargs.retention_days;
        let cutoff = days_ago(days);
        let mut done = HistoryCleanup {
            status: "completed".to_owned(),
            cutoff_date: cutoff.to_rfc3339(),
            retention_days: days.get(),
            ..HistoryCleanup::default()
        };
        loop {
            ctx.stop.check()?;
            let purged = ctx.services.db.purge_tasks(cutoff, BATCH).await?;
            done.number_of_celery_meta_deleted += purged.results;
            done.number_of_task_history_deleted += purged.tasks;
            done.number_of_started_at_deleted += purged.attempts;
            if purged.tasks == 0 {
                return Ok(done);
            }
        }
    }
}
