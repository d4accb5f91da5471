//! Sees to it that every project's files are indexed by themselves: that its bucket tells of its changes, and that
//! nothing it told was lost. What differs from the index is wished to be indexed; an update of the project follows.

use std::{collections::BTreeMap, time::Duration};

use divbase_contract::vcf_keys::{is_result, is_vcf};
use divbase_db::{Db, DbError, VersionName};
use divbase_storage::{CurrentObject, Events};
use divbase_tasks::{ChildEnd, Queue, Task, TaskError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    no_arguments::NoArguments,
    parts::{ProjectBucket, share},
};
use crate::{Context, Services};

const COMPLETED: &str = "completed";

/// The task.
pub struct FollowBuckets;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Followed {
    /// `completed`.
    pub status: String,
    /// Buckets that were told to send their events.
    pub number_of_buckets_set: u64,
    /// Projects whose index differs from their bucket.
    pub number_of_projects_behind: u64,
    /// Projects whose bucket does not answer, or refuses.
    pub number_of_projects_failed: u64,
}

impl Task for FollowBuckets {
    const NAME: &'static str = "cron_tasks.follow_buckets";
    const QUEUE: Queue = Queue::Long;
    const SCHEDULABLE: bool = true;
    type Services = Services;
    type Kwargs = NoArguments;
    type Output = Followed;

    async fn run(ctx: Context, _: NoArguments) -> Result<Followed, TaskError> {
        let Some(joined) = ctx.joined::<FollowBucketsPart, Vec<u64>>().await? else {
            let parts = share(ctx.services.db.active_buckets().await?);
            let sizes: Vec<u64> = parts.iter().map(|part| part.len() as u64).collect();
            let children = parts
                .into_iter()
                .map(|projects| FollowBucketsKwargs { projects });
            return Err(ctx.batch::<FollowBucketsPart>(children.collect(), &sizes));
        };
        let mut found = Followed {
            status: COMPLETED.to_owned(),
            ..Followed::default()
        };
        for (child, size) in joined.children.into_iter().zip(joined.then) {
            match child.end {
                ChildEnd::Done(part) => {
                    found.number_of_buckets_set += part.number_of_buckets_set;
                    found.number_of_projects_behind += part.number_of_projects_behind;
                    found.number_of_projects_failed += part.number_of_projects_failed;
                }
                ChildEnd::Failed(_) | ChildEnd::Cancelled => {
                    found.number_of_projects_failed += size;
                }
            }
        }
        Ok(found)
    }
}

/// A part of it.
pub(crate) struct FollowBucketsPart;

/// Which projects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FollowBucketsKwargs {
    /// The projects.
    pub(crate) projects: Vec<ProjectBucket>,
}

impl Task for FollowBucketsPart {
    const NAME: &'static str = "cron_tasks.follow_buckets_of_projects";
    const QUEUE: Queue = Queue::Long;
    type Services = Services;
    type Kwargs = FollowBucketsKwargs;
    type Output = Followed;

    async fn run(ctx: Context, kwargs: FollowBucketsKwargs) -> Result<Followed, TaskError> {
        let mut found = Followed {
            status: COMPLETED.to_owned(),
            ..Followed::default()
        };
        for ProjectBucket {
            project_id,
            bucket_name,
        } in kwargs.projects
        {
            ctx.stop.check()?;
            follow(&ctx.services, project_id, bucket_name, &mut found).await?;
        }
        Ok(found)
    }
}

impl FollowBuckets {
    /// Does the same outside a task: for a process that starts.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn now(services: &Services) -> Result<Followed, DbError> {
        let mut found = Followed::default();
        for (project_id, bucket) in services.db.active_buckets().await? {
            follow(services, project_id, bucket, &mut found).await?;
        }
        Ok(found)
    }
}

async fn follow(
    services: &Services,
    project_id: i64,
    bucket: String,
    found: &mut Followed,
) -> Result<(), DbError> {
    let Services { db, store, .. } = services;
    if let Err(error) = store.ensure_browsers(&bucket).await {
        tracing::warn!(project_id, %error, "the project's bucket takes no files from pages");
    }
    let listed = match store.ensure_events(&bucket).await {
        Ok(Events::Off) => return Ok(()),
        Ok(events) => {
            found.number_of_buckets_set += u64::from(events == Events::Set);
            // Listed after the bucket was told: what changes from here on it tells.
            store.current_objects(&bucket).await
        }
        Err(error) => Err(error),
    };
    match listed {
        Ok(objects) if differs(&objects, &db.tracked_versions(project_id).await?) => {
            found.number_of_projects_behind += 1;
            wish(db, bucket).await
        }
        Ok(_) => Ok(()),
        Err(error) => {
            tracing::error!(project_id, %error, "the project's bucket cannot be followed");
            found.number_of_projects_failed += 1;
            Ok(())
        }
    }
}

async fn wish(db: &Db, bucket: String) -> Result<(), DbError> {
    db.request_index(&[bucket], Duration::ZERO, Duration::ZERO)
        .await?;
    Ok(())
}

/// Whether the index lacks a version, or has a key that is gone. Results of queries do not matter.
pub(crate) fn differs(objects: &[CurrentObject], tracked: &[VersionName]) -> bool {
    let files: BTreeMap<&str, &str> = objects
        .iter()
        .filter(|object| is_vcf(&object.key) && !is_result(&object.key))
        .map(|object| (object.key.as_str(), object.version_id.as_str()))
        .collect();
    let known: BTreeMap<&str, &str> = tracked
        .iter()
        .filter(|row| !is_result(&row.object_key))
        .map(|row| (row.object_key.as_str(), row.version_id.as_str()))
        .collect();
    files != known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_behind_its_bucket_if_any_file_differs() {
        let object = |key: &str, version: &str| CurrentObject {
            key: key.to_owned(),
            version_id: version.to_owned(),
            etag: String::new(),
            size: 1,
        };
        let row = |key: &str, version: &str| VersionName {
            object_key: key.to_owned(),
            version_id: version.to_owned(),
        };
        let bucket = [
            object("a.vcf.gz", "1"),
            object("notes.txt", "1"),
            object("result_of_job_7.vcf.gz", "1"),
        ];
        assert!(!differs(&bucket, &[row("a.vcf.gz", "1")]));
        assert!(differs(&bucket, &[row("a.vcf.gz", "0")]));
        assert!(differs(&bucket, &[]));
        assert!(differs(
            &bucket,
            &[row("a.vcf.gz", "1"), row("gone.vcf.gz", "1")]
        ));
    }
}
