//! Claiming: one compare-and-set to `STARTED` with a new attempt number.

use chrono::{DateTime, Utc};
use divbase_contract::history::TaskStatus;
use serde_json::Value;
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
    /// The task that waits for this one.
    pub batch_of: Option<i64>,
    /// Of a task that has waited for children: what it left itself to go on with.
    pub batch_then: Option<Value>,
    /// When it was submitted.
    pub created_at: DateTime<Utc>,
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
    },
    /// It waits for its children; a message of its own follows when they have ended.
    Waits,
    /// It has ended; the message is a leftover.
    Ended(TaskStatus),
    /// Its last attempt was lost, or it was cancelled while waiting: a rescue will end it.
    Spent,
    /// There is no such task (any more).
    Unknown,
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
        let claimed = sqlx::query!(
            "WITH claimed AS (
                 UPDATE task SET status = 'STARTED', attempt = attempt + 1, worker = $2,
                        lease_expires_at = now() + make_interval(secs => $3),
                        started_at = coalesce(started_at, now()), not_before = NULL,
                        progress_phase = NULL, progress_fraction = NULL
                 WHERE id = $1 AND attempt < max_attempts AND cancel_requested_at IS NULL
                   AND ((status IN ('PENDING', 'RETRY') AND coalesce(not_before, '-infinity') <= now())
                        OR (status = 'STARTED' AND lease_expires_at < now()))
                 RETURNING *
             ), lost AS (
                 UPDATE task_attempt a SET finished_at = now(), outcome = 'lost', error = 'the lease ran out'
                 FROM claimed c WHERE a.task_id = c.id AND a.attempt < c.attempt AND a.finished_at IS NULL
             ), began AS (
                 INSERT INTO task_attempt (task_id, attempt, worker) SELECT id, attempt, $2 FROM claimed
             )
             SELECT id, uuid, name, kwargs, attempt, max_attempts, user_id, project_id, request_id, created_at,
                    batch_of, batch_then
             FROM claimed",
            task_id,
            worker,
            lease_seconds,
        )
        .fetch_optional(&self.pool)
        .await?;
        match claimed {
            Some(row) => Ok(Claim::Claimed(Box::new(ClaimedTask {
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
                batch_of: row.batch_of,
                batch_then: row.batch_then,
                created_at: row.created_at,
            }))),
            None => self.why_not_claimed(task_id).await,
        }
    }

    async fn why_not_claimed(&self, task_id: i64) -> Result<Claim, DbError> {
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
            },
        })
    }
}
