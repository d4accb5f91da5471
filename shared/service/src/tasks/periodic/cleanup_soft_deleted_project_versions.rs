//! Deletes project versions that were deleted softly long ago. Until then their files are protected.

use divbase_tasks::{Queue, Task, TaskError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::cutoff::{Days, days_ago, retention};
use crate::{Context, Services};

/// The task.
pub struct CleanupProjectVersions;

retention! {
    /// How long they can be restored.
    VersionRetention,
    /// Days since they were deleted.
    30
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

    async fn run(ctx: Context, kwargs: VersionRetention) -> Result<VersionCleanup, TaskError> {
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
