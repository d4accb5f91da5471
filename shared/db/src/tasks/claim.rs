//! Claiming: one compare-and-set to `STARTED` with a new attempt number.

use chrono::{DateTime, Utc};
use divbase_contract::history::TaskStatus;
use serde_json::Value;
use sqlx::PgExecutor;
use uuid::Uuid;

use super::{Fence, status};
use crate::{Db, DbError};

/// A task that this worker may run.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimedTask {
    /// Names every later write.
    pub fence: Fence,
    /// Internal identity.
    pub uuid: Uuid,
    /// Dotted name.
    pub name: String,
    /// Keyword arguments as submitted.
    pub kwargs: Value,
    /// Attempts before it fails for good.
    pub max_attempts: i32,
    /// Who submitted it.
    pub user_id: Option<i64>,
    /// The project it works on.
    pub project_id: Option<i64>,
    /// The HTTP request that submitted it.
    pub request_id: Option<String>,
    /// The span that submitted it, as W3C Trace Context.
    pub traceparent: Option<String>,
    /// How long it is expected to run, seconds.
    pub estimated_seconds: Option<f64>,
    /// The task that waits for this one.
    pub batch_of: Option<i64>,
    /// Of a task that has waited for children: what it left itself to go on with.
    pub batch_then: Option<Value>,
    /// When it was submitted.
    pub created_at: DateTime<Utc>,
    /// How long ago that was when it was claimed, seconds.
    pub waited_seconds: f64,
}

/// What a delivery of a task's message means now.
#[derive(Clone, Debug, PartialEq)]
pub enum Claim {
    /// Run it.
    Claimed(Box<ClaimedTask>),
    /// Another worker runs it; its lease ends then.
    Running {
        /// End of the lease.
        until: DateTime<Utc>,
    },
    /// It waits for its next attempt, perhaps only for another try to claim it.
    NotYet {
        /// When it may run.
        until: DateTime<Utc>,
        /// Whether it might run now.
        ready: bool,
    },
    /// A limit or a pause keeps it waiting; a message of its own follows when that may have ended.
    Held,
    /// It waits for its children; a message of its own follows when they have ended.
    Waits,
    /// It has ended; the message is a leftover.
    Ended(TaskStatus),
    /// Its last attempt was lost, or it was cancelled while waiting: a rescue will end it.
    Spent,
    /// There is no such task (any more).
    Unknown,
}

/// Which claims of a task are let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// Every one: whoever asks runs this task.
    Named,
    /// Those of a project that has none running, with limits far away.
    Quiet,
    /// Those that no limit forbids, counted by one claim at a time.
    Fits,
}

impl Rule {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Named => "named",
            Self::Quiet => "quiet",
            Self::Fits => "fits",
        }
    }
}

impl Db {
    /// Tries to start the next attempt of a task.
    ///
    /// # Errors
    /// If the database fails; then nothing was claimed, or the claim's lease will run out.
    pub async fn claim_task(
        &self,
        task_id: i64,
        worker: &str,
        lease_seconds: f64,
    ) -> Result<Claim, DbError> {
        let claimed = self.try_claim(&self.pool, task_id, worker, lease_seconds, Rule::Named);
        match claimed.await? {
            Some(task) => Ok(Claim::Claimed(Box::new(task))),
            None => self.why_not_claimed(task_id).await,
        }
    }

    /// Claims this task and no other, if the rule lets it.
    pub(super) async fn try_claim(
        &self,
        executor: impl PgExecutor<'_>,
        task_id: i64,
        worker: &str,
        lease_seconds: f64,
        rule: Rule,
    ) -> Result<Option<ClaimedTask>, DbError> {
        let claimed = sqlx::query!(
            "WITH claimed AS (
                 UPDATE task SET status = 'STARTED', attempt = attempt + 1, worker = $2,
                        lease_expires_at = now() + make_interval(secs => $3),
                        started_at = coalesce(started_at, now()), not_before = NULL, held = false,
                        progress_phase = NULL, progress_fraction = NULL, wants_beside = false,
                        beside = CASE WHEN lease_expires_at >= now() THEN attempt END,
                        max_attempts = max_attempts + (lease_expires_at IS NOT NULL AND lease_expires_at >= now())::integer
                 WHERE id = $1 AND cancel_requested_at IS NULL
                   AND ((status IN ('PENDING', 'RETRY') AND coalesce(not_before, '-infinity') <= now()
                         AND attempt < max_attempts)
                        OR (status = 'STARTED' AND lease_expires_at < now() AND attempt < max_attempts)
                        OR (status = 'STARTED' AND lease_expires_at >= now() AND wants_beside))
                   AND ($4 = 'named' OR EXISTS (
                        SELECT FROM running_limit l WHERE task.queue <> ALL (l.paused)
                          -- The task is counted already.
                          AND CASE WHEN status = 'STARTED' AND lease_expires_at >= now() THEN wants_beside
                              WHEN $4 = 'fits' THEN
                                  (SELECT count(*) FROM task r WHERE r.project_id = task.project_id
                                     AND r.status = 'STARTED') < l.per_project
                                  AND (SELECT count(*) FROM task r WHERE r.user_id = task.user_id
                                         AND r.status = 'STARTED') < l.per_user
                              ELSE priority = 0 AND least(l.per_project, l.per_user) >= 16
                                  AND NOT EXISTS (SELECT FROM task r WHERE r.project_id = task.project_id
                                                    AND r.status = 'STARTED')
                                  AND (SELECT count(*) FROM task r WHERE r.user_id = task.user_id
                                         AND r.status = 'STARTED') < l.per_user / 2
                              END))
                 RETURNING *
             ), lost AS (
                 UPDATE task_attempt a SET finished_at = now(), outcome = 'lost', error = 'the lease ran out'
                 FROM claimed c WHERE a.task_id = c.id AND a.attempt < c.attempt AND a.finished_at IS NULL
                   AND a.attempt IS DISTINCT FROM c.beside
             ), began AS (
                 INSERT INTO task_attempt (task_id, attempt, worker, is_second)
                 SELECT id, attempt, $2, beside IS NOT NULL FROM claimed
             )
             SELECT id, uuid, name, kwargs, attempt, max_attempts, user_id, project_id, request_id, created_at,
                    batch_of, batch_then, estimated_seconds, traceparent,
                    extract(epoch FROM now() - created_at)::float8 AS \"waited_seconds!\"
             FROM claimed",
            task_id,
            worker,
            lease_seconds,
            rule.as_str(),
        )
        .fetch_optional(executor)
        .await?;
        Ok(claimed.map(|row| ClaimedTask {
            fence: Fence {
                task_id: row.id,
                attempt: row.attempt,
            },
            uuid: row.uuid,
            name: row.name,
            kwargs: row.kwargs,
            max_attempts: row.max_attempts,
            user_id: row.user_id,
            project_id: row.project_id,
            request_id: row.request_id,
            traceparent: row.traceparent,
            estimated_seconds: row.estimated_seconds,
            batch_of: row.batch_of,
            batch_then: row.batch_then,
            created_at: row.created_at,
            waited_seconds: row.waited_seconds,
        }))
    }

    pub(super) async fn why_not_claimed(&self, task_id: i64) -> Result<Claim, DbError> {
        let row = sqlx::query!(
            "SELECT status, not_before, batch_open, lease_expires_at, now() AS \"now!\",
                    attempt >= max_attempts OR cancel_requested_at IS NOT NULL AS \"spent!\"
             FROM task WHERE id = $1",
            task_id,
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else {
            return Ok(Claim::Unknown);
        };
        let status = status(&row.status)?;
        Ok(match (status, row.lease_expires_at) {
            (ended, _) if ended.is_final() => Claim::Ended(ended),
            (TaskStatus::Started, Some(until)) if until >= row.now => Claim::Running { until },
            _ if row.spent => Claim::Spent,
            _ if row.batch_open => Claim::Waits,
            // It may have become ready since the claim was refused. Its message must not be given up for that.
            _ => Claim::NotYet {
                until: row.not_before.unwrap_or(row.now),
                ready: row.not_before.is_none_or(|at| at <= row.now),
            },
        })
    }
}
