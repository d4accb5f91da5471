//! Destroys results of queries, and files that were deleted, after their time. Files that are not deleted are never
//! touched, nor are versions that a project version names, a softly deleted one included. Versions that newer ones replaced go
//! only where a schedule says after how many days.

use divbase_tasks::{ChildEnd, Queue, Task, TaskError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    cutoff::{Days, days_ago},
    parts::{ProjectBucket, share},
    sweep::{Cutoffs, Destroyed, DoomedVersion, NAMED, Sweep},
};
use crate::{Context, Services};

/// The task.
pub struct CleanupExpiredFiles;

/// How long files are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FileRetention {
    /// Days that a result is kept.
    #[schema(inline)]
    pub task_files_retention_days: Days,
    /// Days that a deleted file can be restored.
    #[schema(inline)]
    pub soft_deleted_files_retention_days: Days,
    /// Days that a version of a file is kept after a newer one came; for good if it is not said.
    #[schema(inline)]
    pub superseded_versions_retention_days: Option<Days>,
    /// Whether only to tell what would be destroyed.
    pub dry_run: bool,
}

impl Default for FileRetention {
    fn default() -> Self {
        Self {
            task_files_retention_days: Days::nearest(30),
            soft_deleted_files_retention_days: Days::nearest(30),
            superseded_versions_retention_days: None,
            dry_run: false,
        }
    }
}

/// What was destroyed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FileCleanup {
    /// `completed`.
    pub status: String,
    /// Versions of results, delete markers included.
    pub number_of_result_versions_deleted: u64,
    /// Versions of deleted files, without their markers.
    pub number_of_file_versions_deleted: u64,
    /// Versions of files that have newer ones.
    #[serde(default)]
    pub number_of_superseded_versions_deleted: u64,
    /// Bytes of all of these.
    #[serde(default)]
    pub bytes_freed: u64,
    /// Whether nothing was destroyed, and this is what would have been.
    #[serde(default)]
    pub dry_run: bool,
    /// The versions, at most 1000.
    #[serde(default)]
    pub versions: Vec<DoomedVersion>,
    /// Parts of the projects, one each as a rule, that could not be cleaned up.
    #[serde(default)]
    pub number_of_parts_failed: u64,
    /// Results that were written before are gone.
    pub task_files_cutoff_date: String,
    /// Files that were deleted before are gone.
    pub soft_deleted_files_cutoff_date: String,
}

impl Task for CleanupExpiredFiles {
    const NAME: &'static str = "cron_tasks.cleanup_expired_files";
    const QUEUE: Queue = Queue::Long;
    const SCHEDULABLE: bool = true;
    type Services = Services;
    type Kwargs = FileRetention;
    type Output = FileCleanup;

    async fn run(ctx: Context, kwargs: FileRetention) -> Result<FileCleanup, TaskError> {
        let Some(joined) = ctx.joined::<CleanupExpiredFilesPart, Cutoffs>().await? else {
            // Reckoned once, so that the last part destroys nothing that the first would have kept.
            let cutoffs = Cutoffs {
                results_before: days_ago(kwargs.task_files_retention_days),
                deleted_before: days_ago(kwargs.soft_deleted_files_retention_days),
                superseded_before: kwargs.superseded_versions_retention_days.map(days_ago),
                dry_run: kwargs.dry_run,
            };
            let parts = share(ctx.services.db.undeleted_buckets().await?);
            let children = parts
                .into_iter()
                .map(|projects| CleanupPartKwargs { projects, cutoffs });
            return Err(ctx.batch::<CleanupExpiredFilesPart>(children.collect(), &cutoffs));
        };
        let mut done = FileCleanup {
            status: "completed".to_owned(),
            dry_run: joined.then.dry_run,
            task_files_cutoff_date: joined.then.results_before.to_rfc3339(),
            soft_deleted_files_cutoff_date: joined.then.deleted_before.to_rfc3339(),
            ..FileCleanup::default()
        };
        for child in joined.children {
            match child.end {
                ChildEnd::Done(destroyed) => {
                    done.number_of_result_versions_deleted += destroyed.result_versions;
                    done.number_of_file_versions_deleted += destroyed.file_versions;
                    done.number_of_superseded_versions_deleted += destroyed.superseded_versions;
                    done.bytes_freed += destroyed.bytes;
                    let room = NAMED.saturating_sub(done.versions.len());
                    done.versions
                        .extend(destroyed.versions.into_iter().take(room));
                }
                ChildEnd::Failed(_) | ChildEnd::Cancelled => done.number_of_parts_failed += 1,
            }
        }
        Ok(done)
    }
}

/// A part of it.
pub(crate) struct CleanupExpiredFilesPart;

/// Which projects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CleanupPartKwargs {
    /// The projects.
    pub(crate) projects: Vec<ProjectBucket>,
    /// What goes.
    pub(crate) cutoffs: Cutoffs,
}

impl Task for CleanupExpiredFilesPart {
    const NAME: &'static str = "cron_tasks.cleanup_expired_files_of_projects";
    const QUEUE: Queue = Queue::Long;
    type Services = Services;
    type Kwargs = CleanupPartKwargs;
    type Output = Destroyed;

    async fn run(ctx: Context, kwargs: CleanupPartKwargs) -> Result<Destroyed, TaskError> {
        let services = ctx.services.as_ref();
        let (mut destroyed, mut last) = (Destroyed::default(), None);
        for project in &kwargs.projects {
            ctx.stop.check()?;
            let project_id = project.project_id;
            let protected = services.db.protected_versions(project_id).await?;
            let sweep = Sweep {
                services,
                project,
                cutoffs: kwargs.cutoffs,
            };
            if let Err(error) = sweep.clean(&protected, &mut destroyed).await {
                tracing::error!(project_id, %error, "the project's files could not be cleaned up");
                last = Some(error);
            }
        }
        match last {
            // What is done stays done; another attempt does the rest.
            Some(error) => Err(TaskError::Transient(error.into())),
            None => Ok(destroyed),
        }
    }
}
