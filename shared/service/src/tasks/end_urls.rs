//! Ends URLs of the store that were given to somebody who is let in no more: the buckets of their projects are told to refuse the
//! sessions that signed them. It is submitted when something ends, and does whatever is due in all projects.

use chrono::{TimeDelta, Utc};
use divbase_db::{Db, EndedUrlSessions};
use divbase_storage::{MOST_REFUSED, RefusedSessions, Store};
use divbase_tasks::{Policy, Queue, Task, TaskError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Context, Result, Services};

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
    /// Projects of which more sessions ended than a policy names, so that all that were there ended: who is let in asks anew.
    #[serde(default)]
    pub number_of_projects_ended_whole: u64,
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

    async fn run(ctx: Context, _: EndUrlsKwargs) -> Result<EndedUrls, TaskError> {
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
                Ok(ended) => {
                    done.number_of_buckets_told += 1;
                    done.number_of_projects_ended_whole += u64::from(ended == Ended::All);
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

/// Which sessions of a project were ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    Single,
    All,
}

/// Tells a project's bucket.
async fn end(
    db: &Db,
    store: &Store,
    project_id: i64,
    since: chrono::DateTime<Utc>,
) -> Result<Ended> {
    let is_many = |ended: &EndedUrlSessions| ended.sessions.len() > MOST_REFUSED;
    let mut ended = db.ended_url_sessions(project_id, since).await?;
    let mut which = Ended::Single;
    if ended.as_ref().is_some_and(is_many) {
        // Its lock goes first.
        drop(ended);
        db.end_all_url_sessions(project_id).await?;
        tracing::warn!(
            project_id,
            "more URL sessions ended than the bucket's policy has room for, so all of the project did"
        );
        which = Ended::All;
        ended = db.ended_url_sessions(project_id, since).await?;
    }
    let Some(ended) = ended else {
        return Ok(which);
    };
    let refused = RefusedSessions {
        all_up_to: ended.all_up_to,
        sessions: &ended.sessions,
    };
    store
        .refuse_url_sessions(&ended.bucket_name, refused)
        .await?;
    ended.refused().await?;
    Ok(which)
}
