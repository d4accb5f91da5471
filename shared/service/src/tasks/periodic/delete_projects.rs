//! Destroys projects whose grace time is over: first every upload, version and delete marker of the bucket, then the bucket, then
//! the rows. What is interrupted goes on at the next run, because the project is forgotten last.

use divbase_db::DoomedProject;
use divbase_storage::{Refusal, StorageError, Store, StoredVersion};
use divbase_tasks::{Queue, StopSignal, Task, TaskError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::no_arguments::NoArguments;
use crate::{Context, Result, ServiceError, Services};

/// Versions that are destroyed between two looks at whether to stop.
const AT_ONCE: usize = 1000;

/// The task.
pub struct DeleteProjects;

/// What was destroyed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProjectsDeleted {
    /// Projects that are gone with their buckets.
    pub number_of_projects_deleted: u64,
    /// Projects of which something is left; the next run goes on with them.
    pub number_of_projects_failed: u64,
}

impl Task for DeleteProjects {
    const NAME: &'static str = "cron_tasks.delete_projects";
    const QUEUE: Queue = Queue::Long;
    const SCHEDULABLE: bool = true;
    type Services = Services;
    type Kwargs = NoArguments;
    type Output = ProjectsDeleted;

    async fn run(ctx: Context, _: NoArguments) -> Result<ProjectsDeleted, TaskError> {
        let mut deleted = ProjectsDeleted::default();
        for doomed in ctx.services.db.begin_due_deletions().await? {
            match destroy(&ctx.services, &doomed, &ctx.stop).await {
                Ok(()) => deleted.number_of_projects_deleted += 1,
                Err(ServiceError::Storage(error)) => {
                    let project_id = doomed.project_id;
                    tracing::error!(project_id, %error, "a project could not be destroyed yet");
                    deleted.number_of_projects_failed += 1;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(deleted)
    }
}

async fn destroy(services: &Services, doomed: &DoomedProject, stop: &StopSignal) -> Result<()> {
    let (store, bucket) = (&services.store, doomed.bucket_name.as_str());
    match empty(store, bucket, stop).await {
        // Gone already: a run before this one ended between the bucket and the rows.
        Err(ServiceError::Storage(
            StorageError::NotFound { .. }
            | StorageError::Refused {
                code: Refusal::NoSuchBucket,
                ..
            },
        )) => {}
        emptied => emptied?,
    }
    // Somebody with a URL may have sent another file meanwhile: then the bucket is not empty, and the next run goes on.
    store.remove_bucket(bucket).await?;
    services.db.remove_project(doomed.project_id).await?;
    tracing::info!(project = doomed.project_id, bucket, "a project is gone");
    Ok(())
}

async fn empty(store: &Store, bucket: &str, stop: &StopSignal) -> Result<()> {
    let (uploads, _) = store.open_uploads(bucket, "", usize::MAX, |_| true).await?;
    for upload in uploads {
        stop.check()?;
        store
            .abort_upload(bucket, &upload.key, &upload.upload_id)
            .await?;
    }
    let mut list = store.version_list(bucket, "");
    while let Some(versions) = list.next().await? {
        for some in versions.chunks(AT_ONCE) {
            stop.check()?;
            let some: Vec<&StoredVersion> = some.iter().collect();
            store.destroy(bucket, &some).await?;
        }
    }
    Ok(())
}
