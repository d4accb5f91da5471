//! Brings the index of a project's VCF files up to date.

use divbase_contract::tasks::{UPDATE_DIMENSIONS, UpdateDimensionsKwargs, UpdateDimensionsResult};
use divbase_db::SkipKind;
use divbase_tasks::{Context, Policy, Queue, Task, TaskError};
use futures::{StreamExt, TryStreamExt, stream};
use std::time::Duration;

use super::errors::{local, storage};
use crate::{
    Services,
    index::{Indexed, Plan, index_file, plan},
};

/// Files that are downloaded and read at once.
const AT_ONCE: usize = 2;

/// The task.
pub struct UpdateDimensions;

impl Task for UpdateDimensions {
    const NAME: &'static str = UPDATE_DIMENSIONS;
    const QUEUE: Queue = Queue::Long;
    const POLICY: Policy = Policy {
        soft_limit: Duration::from_secs(840),
        hard_limit: Duration::from_secs(880),
        ..Policy::DEFAULT
    };
    type Services = Services;
    type Kwargs = UpdateDimensionsKwargs;
    type Output = UpdateDimensionsResult;

    async fn run(
        ctx: Context<Services>,
        kwargs: UpdateDimensionsKwargs,
    ) -> Result<UpdateDimensionsResult, TaskError> {
        ctx.progress("listing files", None);
        let todo = compare(&ctx, &kwargs).await?;
        ctx.services
            .db
            .forget_files(kwargs.project_id, &todo.gone)
            .await?;
        if todo.files == 0 && todo.results.is_empty() && todo.gone.is_empty() {
            return Err(TaskError::User {
                exc_type: "NoVCFFilesFoundError",
                message: format!(
                    "The project '{}' has no VCF files. Upload some with 'divbase-cli files upload' first.",
                    kwargs.project_name
                ),
            });
        }
        let mut skipped = Vec::new();
        for result in &todo.results {
            ctx.services
                .db
                .store_skipped_file(
                    kwargs.project_id,
                    &result.key,
                    &result.version_id,
                    SkipKind::DivbaseGenerated,
                    "divbase_generated",
                )
                .await?;
            skipped.push(result.key.clone());
        }
        let (mut added, mut faulty) = (Vec::new(), Vec::new());
        for (key, indexed) in index_all(&ctx, &kwargs, &todo).await? {
            match indexed {
                Indexed::Added => added.push(key),
                Indexed::Generated => skipped.push(key),
                Indexed::Invalid(reason) => faulty.push(format!("'{key}': {reason}")),
            }
        }
        // Files may have been deleted meanwhile.
        let mut deleted = todo.gone;
        let late = compare(&ctx, &kwargs).await?.gone;
        ctx.services
            .db
            .forget_files(kwargs.project_id, &late)
            .await?;
        deleted.extend(late);
        if !faulty.is_empty() {
            return Err(TaskError::User {
                exc_type: "VCFFilesInvalidError",
                message: format!(
                    "{} of the project's VCF files cannot be used; the others are indexed ({} now). {}",
                    faulty.len(),
                    added.len(),
                    faulty.join(" ")
                ),
            });
        }
        let some = |keys: Vec<String>| (!keys.is_empty()).then_some(keys);
        Ok(UpdateDimensionsResult {
            status: "completed".to_owned(),
            vcf_files_added: some(added),
            vcf_files_skipped: some(skipped),
            vcf_files_deleted: some(deleted),
        })
    }
}

async fn compare(
    ctx: &Context<Services>,
    kwargs: &UpdateDimensionsKwargs,
) -> Result<Plan, TaskError> {
    let bucket = ctx
        .services
        .store
        .current_objects(&kwargs.bucket_name)
        .await
        .map_err(storage)?;
    let tracked = ctx.services.db.tracked_versions(kwargs.project_id).await?;
    Ok(plan(&bucket, &tracked))
}

/// Indexes all files of the plan, some at once; gives what became of each, in the plan's order.
async fn index_all(
    ctx: &Context<Services>,
    kwargs: &UpdateDimensionsKwargs,
    todo: &Plan,
) -> Result<Vec<(String, Indexed)>, TaskError> {
    let folder = tempfile::tempdir_in(&ctx.services.settings.work_dir).map_err(local)?;
    let total: u64 = todo.to_index.iter().map(|object| object.size).sum();
    let done = std::sync::atomic::AtomicU64::new(0);
    let (folder, done) = (folder.path(), &done);
    stream::iter(todo.to_index.clone())
        .map(|object| async move {
            ctx.stop.check()?;
            let indexed = index_file(
                &ctx.services,
                &kwargs.bucket_name,
                kwargs.project_id,
                &object,
                folder,
            )
            .await?;
            let bytes =
                done.fetch_add(object.size, std::sync::atomic::Ordering::Relaxed) + object.size;
            ctx.progress("indexing files", Some(bytes as f64 / total.max(1) as f64));
            Ok::<_, TaskError>((object.key, indexed))
        })
        .buffered(AT_ONCE)
        .try_collect()
        .await
}
