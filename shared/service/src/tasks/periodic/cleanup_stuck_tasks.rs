//! Ends as failed what has waited or run for days. Nothing is deleted: history shows what became of it.

use divbase_contract::{FailureClass, tasks::TaskFailure};
use divbase_tasks::{Queue, Task, TaskError};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::cutoff::{Hours, hours_ago};
use crate::{Context, Services};

/// The task.
pub struct CleanupStuckTasks;

/// How long a task may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct StuckLimits {
    /// Hours that a task may wait.
    #[schema(inline)]
    pub stuck_pending_hours: Hours,
    /// Hours that a task may run.
    #[schema(inline)]
    pub stuck_started_hours: Hours,
}

impl Default for StuckLimits {
    fn default() -> Self {
        Self {
            stuck_pending_hours: Hours::nearest(168),
            stuck_started_hours: Hours::nearest(168),
        }
    }
}

/// What was ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StuckCleanup {
    /// `completed`.
    pub status: String,
    /// Tasks that waited.
    pub number_of_stuck_pending_tasks_failed: u64,
    /// Tasks that ran.
    pub number_of_stuck_started_tasks_failed: u64,
    /// What waited since before was ended.
    pub pending_cutoff_date: String,
    /// What ran since before was ended.
    pub started_cutoff_date: String,
}

impl Task for CleanupStuckTasks {
    const NAME: &'static str = "cron_tasks.cleanup_stuck_tasks";
    const QUEUE: Queue = Queue::Quick;
    const SCHEDULABLE: bool = true;
    type Services = Services;
    type Kwargs = StuckLimits;
    type Output = StuckCleanup;

    async fn run(ctx: Context, kwargs: StuckLimits) -> Result<StuckCleanup, TaskError> {
        let waiting = hours_ago(kwargs.stuck_pending_hours);
        let running = hours_ago(kwargs.stuck_started_hours);
        let error = TaskFailure {
            exc_type: FailureClass::Stuck.as_str().to_owned(),
            exc_message: vec![
                "The task neither began nor ended in the time it has. Please submit it again."
                    .to_owned(),
            ],
            exc_module: "divbase.tasks".to_owned(),
        };
        let ended = ctx
            .services
            .db
            .fail_stuck_tasks(waiting, running, &json!(error))
            .await?;
        Ok(StuckCleanup {
            status: "completed".to_owned(),
            number_of_stuck_pending_tasks_failed: ended.waiting,
            number_of_stuck_started_tasks_failed: ended.running,
            pending_cutoff_date: waiting.to_rfc3339(),
            started_cutoff_date: running.to_rfc3339(),
        })
    }
}
