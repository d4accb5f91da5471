//! Destroys results of queries, and files that were deleted, after their time. Files that are not deleted are never
//! touched, nor are versions that a project version names, a softly deleted one included.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use divbase_contract::vcf_keys::is_written_by_service;
use divbase_storage::{StorageError, StoredVersion, VersionKind};
use divbase_tasks::{ChildEnd, Context, Queue, Task, TaskError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    cutoff::{Days, days_ago},
    parts::{ProjectBucket, share},
};
use crate::Services;

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
}

impl Default for FileRetention {
    fn default() -> Self {
        Self {
            task_files_retention_days: Days::nearest(30),
            soft_deleted_files_retention_days: Days::nearest(30),
        }
    }
}

/// What was destroyed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FileCleanup {
    /// `completed`.
    pub status: String,
    /// Versions of results, delete markers included.
    pub number_of_result_versions_deleted: u64,
    /// Versions of deleted files, without their markers.
    pub number_of_file_versions_deleted: u64,
    /// Parts of the projects, one each as a rule, that could not be cleaned up.
    #[serde(default)]
    pub number_of_parts_failed: u64,
    /// Results that were written before are gone.
    pub task_files_cutoff_date: String,
    /// Files that were deleted before are gone.
    pub soft_deleted_files_cutoff_date: String,
}

/// What is to be done with one key.
#[derive(Debug, Default, PartialEq, Eq)]
struct Verdict<'a> {
    destroy: Vec<&'a StoredVersion>,
    markers: Vec<&'a StoredVersion>,
    /// Protected versions stay below: the key has to stay hidden.
    hide: bool,
}

/// Judges a file by all its versions; nothing is done unless it was deleted before the cut-off.
fn judge<'a>(
    versions: &'a [StoredVersion],
    cutoff: DateTime<Utc>,
    protected: &HashSet<(String, String)>,
) -> Verdict<'a> {
    let deleted = versions.iter().any(|version| {
        version.is_latest && version.kind == VersionKind::Marker && version.last_modified < cutoff
    });
    if !deleted {
        return Verdict::default();
    }
    let (data, markers): (Vec<_>, Vec<_>) = versions
        .iter()
        .partition(|version| version.kind == VersionKind::Data);
    let (kept, destroy): (Vec<_>, Vec<_>) = data.into_iter().partition(|version| {
        protected.contains(&(version.key.clone(), version.version_id.clone()))
    });
    if destroy.is_empty() && !kept.is_empty() {
        return Verdict::default();
    }
    Verdict {
        destroy,
        markers,
        hide: !kept.is_empty(),
    }
}

async fn clean(
    services: &Services,
    bucket: &str,
    protected: &HashSet<(String, String)>,
    cutoffs: Cutoffs,
    done: &mut Destroyed,
) -> Result<(), StorageError> {
    let all = services.store.all_versions(bucket).await?;
    let (results, files): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|version| is_written_by_service(&version.key));
    let old: Vec<_> = results
        .iter()
        .filter(|version| version.last_modified < cutoffs.results_before)
        .collect();
    services.store.destroy(bucket, &old).await?;
    done.result_versions += old.len() as u64;
    for versions in files.chunk_by(|a, b| a.key == b.key) {
        let verdict = judge(versions, cutoffs.deleted_before, protected);
        // If this fails the markers stay, and with them the key stays hidden.
        services.store.destroy(bucket, &verdict.destroy).await?;
        done.file_versions += verdict.destroy.len() as u64;
        if verdict.hide {
            services.store.delete(bucket, &versions[0].key).await?;
        }
        services.store.destroy(bucket, &verdict.markers).await?;
    }
    Ok(())
}

impl Task for CleanupExpiredFiles {
    const NAME: &'static str = "cron_tasks.cleanup_expired_files";
    const QUEUE: Queue = Queue::Long;
    const SCHEDULABLE: bool = true;
    type Services = Services;
    type Kwargs = FileRetention;
    type Output = FileCleanup;

    async fn run(ctx: Context<Services>, kwargs: FileRetention) -> Result<FileCleanup, TaskError> {
        let Some(joined) = ctx.joined::<CleanupExpiredFilesPart, Cutoffs>().await? else {
            // Reckoned once, so that the last part destroys nothing that the first would have kept.
            let cutoffs = Cutoffs {
                results_before: days_ago(kwargs.task_files_retention_days),
                deleted_before: days_ago(kwargs.soft_deleted_files_retention_days),
            };
            let parts = share(ctx.services.db.undeleted_buckets().await?);
            let children = parts
                .into_iter()
                .map(|projects| CleanupPartKwargs { projects, cutoffs });
            return Err(ctx.batch::<CleanupExpiredFilesPart>(children.collect(), &cutoffs));
        };
        let mut done = FileCleanup {
            status: "completed".to_owned(),
            number_of_result_versions_deleted: 0,
            number_of_file_versions_deleted: 0,
            number_of_parts_failed: 0,
            task_files_cutoff_date: joined.then.results_before.to_rfc3339(),
            soft_deleted_files_cutoff_date: joined.then.deleted_before.to_rfc3339(),
        };
        for child in joined.children {
            match child.end {
                ChildEnd::Done(destroyed) => {
                    done.number_of_result_versions_deleted += destroyed.result_versions;
                    done.number_of_file_versions_deleted += destroyed.file_versions;
                }
                ChildEnd::Failed(_) | ChildEnd::Cancelled => done.number_of_parts_failed += 1,
            }
        }
        Ok(done)
    }
}

/// Files from before these instants go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cutoffs {
    /// Results that were written before.
    pub(crate) results_before: DateTime<Utc>,
    /// Files that were deleted before.
    pub(crate) deleted_before: DateTime<Utc>,
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

/// What was destroyed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Destroyed {
    /// Versions of results, delete markers included.
    pub(crate) result_versions: u64,
    /// Versions of deleted files, without their markers.
    pub(crate) file_versions: u64,
}

impl Task for CleanupExpiredFilesPart {
    const NAME: &'static str = "cron_tasks.cleanup_expired_files_of_projects";
    const QUEUE: Queue = Queue::Long;
    type Services = Services;
    type Kwargs = CleanupPartKwargs;
    type Output = Destroyed;

    async fn run(
        ctx: Context<Services>,
        kwargs: CleanupPartKwargs,
    ) -> Result<Destroyed, TaskError> {
        let services = ctx.services.as_ref();
        let (mut destroyed, mut last) = (Destroyed::default(), None);
        for ProjectBucket {
            project_id,
            bucket_name,
        } in &kwargs.projects
        {
            ctx.stop.check()?;
            let protected = services.db.protected_versions(*project_id).await?;
            let cleaned = clean(
                services,
                bucket_name,
                &protected,
                kwargs.cutoffs,
                &mut destroyed,
            );
            if let Err(error) = cleaned.await {
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

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn version(id: &str, days_old: i64, kind: VersionKind, is_latest: bool) -> StoredVersion {
        StoredVersion {
            key: "a.vcf.gz".to_owned(),
            version_id: id.to_owned(),
            last_modified: Utc::now() - TimeDelta::days(days_old),
            is_latest,
            kind,
        }
    }

    fn verdict(versions: &[StoredVersion], protected: &[&str]) -> (Vec<String>, usize, bool) {
        let protected = protected
            .iter()
            .map(|id| ("a.vcf.gz".to_owned(), (*id).to_owned()))
            .collect();
        let verdict = judge(versions, Utc::now() - TimeDelta::days(30), &protected);
        let ids = verdict.destroy.iter().map(|v| v.version_id.clone());
        (ids.collect(), verdict.markers.len(), verdict.hide)
    }

    #[test]
    fn live_and_freshly_deleted_files_are_left_alone() {
        use VersionKind::{Data, Marker};
        let live = [
            version("2", 40, Data, true),
            version("m", 50, Marker, false),
            version("1", 60, Data, false),
        ];
        assert_eq!(verdict(&live, &[]), (vec![], 0, false));
        let fresh = [
            version("m", 29, Marker, true),
            version("1", 60, Data, false),
        ];
        assert_eq!(verdict(&fresh, &[]), (vec![], 0, false));
    }

    #[test]
    fn protected_versions_stay_and_stay_hidden() {
        use VersionKind::{Data, Marker};
        let deleted = [
            version("m", 31, Marker, true),
            version("2", 40, Data, false),
            version("1", 60, Data, false),
        ];
        let text = |ids: &[&str]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(verdict(&deleted, &[]), (text(&["2", "1"]), 1, false));
        assert_eq!(verdict(&deleted, &["1"]), (text(&["2"]), 1, true));
        assert_eq!(verdict(&deleted, &["1", "2"]), (vec![], 0, false));
    }
}
