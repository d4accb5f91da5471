//! Counts the bytes of each active project's current objects.

use divbase_tasks::{Context, Queue, Task, TaskError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Services;

/// The task.
pub struct UpdateStorageUsage;

/// No arguments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoArguments {}

/// What was counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StorageUsage {
    /// `completed`.
    pub status: String,
    /// Projects that were counted.
    pub number_of_projects_updated: u64,
    /// Projects whose bucket does not answer; they keep their last count.
    pub number_of_projects_failed: u64,
    /// All of them together.
    pub total_bytes: u64,
}

impl Task for UpdateStorageUsage {
    const NAME: &'static str = "cron_tasks.update_storage_usage_metrics";
    const QUEUE: Queue = Queue::Long;
    const SCHEDULABLE: bool = true;
    type Services = Services;
    type Kwargs = NoArguments;
    type Output = StorageUsage;

    async fn run(ctx: Context<Services>, _: NoArguments) -> Result<StorageUsage, TaskError> {
        let Services { db, store, .. } = ctx.services.as_ref();
        let mut usage = StorageUsage {
            status: "completed".to_owned(),
            number_of_projects_updated: 0,
            number_of_projects_failed: 0,
            total_bytes: 0,
        };
        let projects = db.active_buckets().await?;
        for (number, (project_id, bucket)) in projects.iter().enumerate() {
            ctx.stop.check()?;
            ctx.progress(
                "counting",
                Some(number as f64 / projects.len().max(1) as f64),
            );
            match store.current_objects(bucket).await {
                Ok(objects) => {
                    let bytes: u64 = objects.iter().map(|object| object.size).sum();
                    db.set_storage_used(*project_id, i64::try_from(bytes).unwrap_or(i64::MAX))
                        .await?;
                    usage.number_of_projects_updated += 1;
                    usage.total_bytes += bytes;
                }
                Err(error) => {
                    tracing::error!(project_id, %error, "the project's objects could not be counted");
                    usage.number_of_projects_failed += 1;
                }
            }
        }
        Ok(usage)
    }
}
