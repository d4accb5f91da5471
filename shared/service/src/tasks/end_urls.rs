//! Ends URLs of the store that were given to somebody who is let in no more: the buckets of their projects are told to refuse the
//! sessions that signed them. It is submitted when something ends, and does whatever is due in all projects.

use chrono::{TimeDelta, Utc};
use divbase_db::Db;
use divbase_storage::{MOST_REFUSED, Store};
use divbase_tasks::{Context, Policy, Queue, Task, TaskError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{ServiceError, Services};

/// The task.
pub struct EndUrls;

/// No arguments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndUrlsKwargs {}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EndedUrls {
    /// Buckets that were told.
    pub number_of_buckets_told: u64,
    /// Sessions that found no room in their bucket's policy. What they signed ends with them.
    pub number_of_sessions_left: u64,
}

/// Clocks of the database and of the store differ by less.
const CLOCKS: TimeDelta = TimeDelta::minutes(5);

impl Task for EndUrls {
    const NAME: &'static str = "tasks.end_urls";
    const QUEUE: Queue = Queue::Quick;
    // Rights that are missing are given in the end, and until then URLs open that should not.
    const POLICY: Policy = Policy {
        max_attempts: 10,
        retry: Policy::ANY,
        ..Policy::DEFAULT
    };
    type Services = Services;
    type Kwargs = EndUrlsKwargs;
    type Output = EndedUrls;

    async fn run(ctx: Context<Services>, _: EndUrlsKwargs) -> Result<EndedUrls, TaskError> {
        let Services { db, store, .. } = &*ctx.services;
        let mut done = EndedUrls::default();
        let Some(life) = store.url_session_life() else {
            return Ok(done);
        };
        let life = TimeDelta::from_std(life).unwrap_or(TimeDelta::hours(12));
        let since = Utc::now() - life - CLOCKS;
        // One bucket that does not answer keeps no other waiting.
        let mut failed = None;
        for project_id in db.projects_with_ended_urls(since).await? {
            ctx.stop.check()?;
            match end(db, store, project_id, since).await {
                Ok(left) => {
                    done.number_of_buckets_told += 1;
                    done.number_of_sessions_left += left;
                }
                Err(error) => {
                    tracing::warn!(project_id, %error, "URLs that were given are not ended yet");
                    failed = Some(error);
                }
            }
        }
        failed.map_or(Ok(done), |error| Err(error.into()))
    }
}

/// Tells a project's bucket; gives how many sessions it could not be told of.
async fn end(
    db: &Db,
    store: &Store,
    project_id: i64,
    since: chrono::DateTime<Utc>,
) -> Result<u64, ServiceError> {
    let Some(ended) = db.ended_url_sessions(project_id, since).await? else {
        return Ok(0);
    };
    let all = ended.sessions.clone();
    let (told, left) = all.split_at(all.len().min(MOST_REFUSED));
    store.refuse_url_sessions(&ended.bucket_name, told).await?;
    if !left.is_empty() {
        tracing::warn!(
            project_id,
            sessions = left.len(),
            "the bucket's policy has no room for more sessions; the URLs of these end by themselves"
        );
    }
    ended.refused(told).await?;
    Ok(left.len() as u64)
}
