//! Counts the bytes of each active project's files, all versions. Events of the store count them as they change; this mends what
//! an event that was lost has left.

use divbase_tasks::{ChildEnd, Queue, Task, TaskError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    no_arguments::NoArguments,
    parts::{ProjectBucket, share},
};
use crate::{Context, ServiceError, Services, usage};

/// The task.
pub struct UpdateStorageUsage;

/// What was counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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

    async fn run(ctx: Context, _: NoArguments) -> Result<StorageUsage, TaskError> {
        let Some(joined) = ctx.joined::<CountStorage, Vec<u64>>().await? else {
            let parts = share(ctx.services.db.active_buckets().await?);
            let sizes: Vec<u64> = parts.iter().map(|part| part.len() as u64).collect();
            let children = parts
                .into_iter()
                .map(|projects| CountStorageKwargs { projects });
            return Err(ctx.batch::<CountStorage>(children.collect(), &sizes));
        };
        let mut usage = StorageUsage {
            status: "completed".to_owned(),
            ..StorageUsage::default()
        };
        for (child, size) in joined.children.into_iter().zip(joined.then) {
            match child.end {
                ChildEnd::Done(counted) => {
                    usage.number_of_projects_updated += counted.counted;
                    usage.number_of_projects_failed += counted.failed;
                    usage.total_bytes += counted.bytes;
                }
                ChildEnd::Failed(_) | ChildEnd::Cancelled => {
                    usage.number_of_projects_failed += size;
                }
            }
        }
        Ok(usage)
    }
}

/// A part of it.
pub(crate) struct CountStorage;

/// Which projects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CountStorageKwargs {
    /// The projects.
    pub(crate) projects: Vec<ProjectBucket>,
}

/// What was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Counted {
    /// Projects.
    pub(crate) counted: u64,
    /// Projects whose bucket does not answer.
    pub(crate) failed: u64,
    /// Bytes of those that were counted.
    pub(crate) bytes: u64,
}

impl Task for CountStorage {
    const NAME: &'static str = "cron_tasks.count_storage";
    const QUEUE: Queue = Queue::Long;
    type Services = Services;
    type Kwargs = CountStorageKwargs;
    type Output = Counted;

    async fn run(ctx: Context, kwargs: CountStorageKwargs) -> Result<Counted, TaskError> {
        let Services { db, store, .. } = ctx.services.as_ref();
        let mut counted = Counted::default();
        for ProjectBucket {
            project_id,
            bucket_name,
        } in &kwargs.projects
        {
            ctx.stop.check()?;
            match usage::count_all(db, store, *project_id, bucket_name).await {
                Ok(bytes) => {
                    counted.counted += 1;
                    counted.bytes += bytes;
                }
                Err(ServiceError::Storage(error)) => {
                    tracing::error!(project_id, %error, "the project's objects could not be counted");
                    counted.failed += 1;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(counted)
    }
}
