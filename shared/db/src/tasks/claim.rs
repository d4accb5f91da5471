//! Claiming: one compare-and-set to `STARTED` with a new attempt number.

use chrono::{DateTime, Utc};
use divbase_contract::history::TaskStatus;
use serde_json::Value;
use sqlx::PgExecutor;
use uuid::Uuid;

use super::{Fence, status};
use crate::{Db, Result};

/// A task that this worker may run.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimedTask {
    /// Its number.
    pub id: i64,
    /// The number of this attempt.
    pub attempt: i32,
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
    /// Whether its project was open then, and its submitter's account active with a role that may run tasks there. What is in no
    /// project, or was submitted by nobody, needs no such leave.
    pub may_run: bool,
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

/// Why a message's own task was not claimed.
pub(super) struct Unclaimed {
    /// What it does.
    pub(super) named: Claim,
    /// How many of its messages are leave for others.
    pub(super) leaves: i32,
    /// It has been claimed before, and has not ended.
    pub(super) begun: bool,
}

/// Which claims of a task are let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// Every one: whoever asks runs this task.
    Named,
    /// Those of a project that has none running, with limits far away. [`Db::claim_first`] has the same rule for first attempts.
    Quiet,
    /// Those of a project that has no more running than it was seen to have, with limits far away.
    Roomy,
    /// Those that no limit forbids, counted by one claim at a time.
    Fits,
}

impl Rule {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Named => "named",
            Self::Quiet => "quiet",
            Self::Roomy => "roomy",
            Self::Fits => "fits",
        }
    }
}

/// What is claimed by a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct ByMessage {
    /// The task that the message names.
    pub(super) named: i64,
    /// It is none that this task owes: the task waits and has no other message, or the message was spent with a hold.
    pub(super) waits: bool,
    /// The first of these is claimed; if absent, the task that is named.
    pub(super) of: Option<Turn>,
}

/// Whose turn it is: tasks of a queue that wait for the same one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Turn {
    /// 0 goes first.
    pub(super) priority: i16,
    /// Their project, or 0.
    pub(super) project: i64,
    /// Their user, or 0.
    pub(super) person: i64,
    /// Running tasks of the project.
    pub(super) running: i64,
    /// The limits are far away.
    pub(super) is_roomy: bool,
}

impl ClaimedTask {
    /// Names every later write.
    #[must_use]
    pub const fn fence(&self) -> Fence {
        Fence {
            task_id: self.id,
            attempt: self.attempt,
        }
    }
}

impl ByMessage {
    /// The message's own task.
    pub(super) const fn own(task_id: i64) -> Self {
        Self {
            named: task_id,
            waits: true,
            of: None,
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
    ) -> Result<Claim> {
        let own = ByMessage::own(task_id);
        let claimed = self.try_claim(&self.pool, "", own, worker, lease_seconds, Rule::Named);
        match claimed.await? {
            Some(task) => Ok(Claim::Claimed(Box::new(task))),
            None => Ok(self.why_not_claimed(task_id).await?.named),
        }
    }

    /// Claims the task of a message, or the first of those whose turn it is, if the rule lets it. One that is run by the message of
    /// another owes that one its own message; if it has none, the other gets a new one. A message that a task owes is spent with the
    /// claim.
    pub(super) async fn try_claim(
        &self,
        executor: impl PgExecutor<'_>,
        queue: &str,
        message: ByMessage,
        worker: &str,
        lease_seconds: f64,
        rule: Rule,
    ) -> Result<Option<ClaimedTask>> {
        let own = message.of.is_none().then_some(message.named);
        let turn = message.of.unwrap_or_default();
        Ok(sqlx::query_as!(
            ClaimedTask,
            "WITH picked AS MATERIALIZED (
                 SELECT id, held FROM task WHERE id = coalesce($1, (
                     SELECT t.id FROM task t
                     WHERE t.queue = $5 AND t.status IN ('PENDING', 'RETRY') AND NOT t.batch_open AND t.priority = $6
                       AND coalesce(t.project_id, 0) = $7 AND coalesce(t.user_id, 0) = $8
                       AND coalesce(t.not_before, t.created_at) <= now()
                       AND t.cancel_requested_at IS NULL AND t.attempt < t.max_attempts
                     ORDER BY coalesce(t.not_before, t.created_at), t.id LIMIT 1 FOR UPDATE SKIP LOCKED))
             ), claimed AS (
                 UPDATE task SET status = 'STARTED', attempt = attempt + 1, worker = $2,
                        lease_expires_at = now() + make_interval(secs => $3),
                        started_at = coalesce(started_at, now()), not_before = NULL, held = false,
                        leaves = leaves + (task.id <> $10 AND NOT picked.held)::integer,
                        progress_phase = NULL, progress_fraction = NULL, wants_beside = false,
                        beside = CASE WHEN lease_expires_at >= now() THEN attempt END,
                        max_attempts = max_attempts + (lease_expires_at IS NOT NULL AND lease_expires_at >= now())::integer
                 FROM picked
                 WHERE task.id = picked.id AND cancel_requested_at IS NULL
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
                              ELSE ($4 = 'roomy' OR priority = 0) AND least(l.per_project, l.per_user) >= 16
                                  AND (SELECT count(*) FROM task r WHERE r.project_id = task.project_id
                                         AND r.status = 'STARTED') <= least($9::bigint, l.per_project / 2)
                                  AND (SELECT count(*) FROM task r WHERE r.user_id = task.user_id
                                         AND r.status = 'STARTED') < l.per_user / 2
                              END))
                 RETURNING task.*, picked.held AS was_held
             ), lost AS (
                 UPDATE task_attempt a SET finished_at = now(), outcome = 'lost', error = 'the lease ran out'
                 FROM claimed c WHERE a.task_id = c.id AND a.attempt < c.attempt AND a.finished_at IS NULL
                   AND a.attempt IS DISTINCT FROM c.beside
             ), began AS (
                 INSERT INTO task_attempt (task_id, attempt, worker, is_second)
                 SELECT id, attempt, $2, beside IS NOT NULL FROM claimed
             ), announced AS (
                 INSERT INTO outbox (task_id, queue)
                 SELECT n.id, n.queue FROM claimed c JOIN task n ON n.id = $10
                 WHERE c.was_held AND c.id <> n.id AND $11 AND n.status IN ('PENDING', 'RETRY') AND NOT n.held
             ), spent AS (
                 UPDATE task n SET leaves = n.leaves - 1 FROM claimed c
                 WHERE n.id = $10 AND n.leaves > 0 AND c.id <> n.id AND NOT $11
             )
             SELECT c.id, c.uuid, c.name, c.kwargs, c.attempt, c.max_attempts, c.user_id, c.project_id, c.request_id,
                    c.created_at, c.batch_of, c.batch_then, c.estimated_seconds, c.traceparent,
                    extract(epoch FROM now() - c.created_at)::float8 AS \"waited_seconds!\",
                    (p.id IS NULL OR (p.is_active AND NOT p.is_deleted))
                    AND (u.id IS NULL OR (u.is_active AND NOT u.is_deleted))
                    AND (p.id IS NULL OR u.id IS NULL OR EXISTS (
                         SELECT FROM project_membership m WHERE m.project_id = p.id AND m.user_id = u.id
                           AND m.role IN ('query', 'edit', 'manage'))) AS \"may_run!\"
             FROM claimed c LEFT JOIN project p ON p.id = c.project_id LEFT JOIN app_user u ON u.id = c.user_id",
            own,
            worker,
            lease_seconds,
            rule.as_str(),
            queue,
            turn.priority,
            turn.project,
            turn.person,
            turn.running,
            message.named,
            message.waits,
        )
        .fetch_optional(executor)
        .await?)
    }

    /// What a task does that cannot be claimed.
    pub(super) async fn why_not_claimed(&self, task_id: i64) -> Result<Unclaimed> {
        let row = sqlx::query!(
            "SELECT status, not_before, batch_open, lease_expires_at, leaves, attempt, now() AS \"now!\",
                    attempt >= max_attempts OR cancel_requested_at IS NOT NULL AS \"spent!\"
             FROM task WHERE id = $1",
            task_id,
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else {
            return Ok(Unclaimed {
                named: Claim::Unknown,
                leaves: 0,
                begun: false,
            });
        };
        let status = status(&row.status)?;
        let named = match (status, row.lease_expires_at) {
            (ended, _) if ended.is_final() => Claim::Ended(ended),
            (TaskStatus::Started, Some(until)) if until >= row.now => Claim::Running { until },
            _ if row.spent => Claim::Spent,
            _ if row.batch_open => Claim::Waits,
            // It may have become ready since the claim was refused. Its message must not be given up for that.
            _ => Claim::NotYet {
                until: row.not_before.unwrap_or(row.now),
                ready: row.not_before.is_none_or(|at| at <= row.now),
            },
        };
        Ok(Unclaimed {
            begun: row.attempt > 0 && !status.is_final(),
            leaves: row.leaves,
            named,
        })
    }
}
