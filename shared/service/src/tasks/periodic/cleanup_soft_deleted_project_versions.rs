//! Deletes project versions that were deleted softly long ago. Until then their files are protected.

use divbase_tasks::{Context, Queue, Task, TaskError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::cutoff::{Days, days_ago};
use crate::Services;

/// The task.
pub struct CleanupProjectVersions;

/// How long they can be restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct VersionRetention {
    /// Days since they were deleted.
    #[schema(inline)]
    pub retention_days: Days,
}

impl Default for VersionRetention {
    fn default() -> Self {
        Self {
            retention_days: Days::nearest(30),
        }
    }
}

/// What was deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VersionCleanup {
    /// `completed`.
    pub status: String,
    /// Project versions.
    pub number_of_project_versions_deleted: u64,
    /// What was deleted softly before is gone.
    pub cutoff_date: String,
    /// As asked.
    pub retention_days: i64,
}

impl Task for CleanupProjectVersions {
    const NAME: &'static str = "cron_tasks.cleanup_soft_deleted_project_versions";
    const QUEUE: Queue = Queue::Quick;
    const SCHEDULABLE: bool = true;
    type Services = Services;
    type Kwargs = VersionRetention;
    type Output = VersionCleanup;

    async fn run(
        ctx: Context<Services>,
        kwargs: VersionRetention,
    ) -> Result<VersionCleanup, TaskError> {
        let days = kwargs.retention_days;
        let cutoff = days_ago(days);
        let deleted = ctx.services.db.purge_project_versions(cutoff).await?;
        Ok(VersionCleanup {
            status: "completed".to_owned(),
            number_of_project_versions_deleted: deleted,
            cutoff_date: cutoff.to_rfc3339(),
            retention_days: days.get(),
        })
    }
}
