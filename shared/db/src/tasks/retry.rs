//! Running a task again that failed or was cancelled, as a new task that names the old one. What failed stays in history as it is.

use divbase_contract::history::TaskStatus;

use sqlx::{Postgres, Transaction};

use super::{Idempotency, KeyUse, WaitingLimits, Whose, status, waiting::full};
use crate::{Db, Result};

/// How a failed task is run again: as often as it fails, but once alone by an operator who sends dead letters again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RetryBy<'a> {
    /// A repetition of the same wish carries the same key.
    pub idempotency: Option<Idempotency<'a>>,
    /// The HTTP request.
    pub request_id: Option<&'a str>,
    /// How many tasks of the submitter and the project may wait, this one included; any number if absent.
    pub waiting: Option<WaitingLimits>,
    /// For a dead letter; each at most once, however often it is found.
    pub is_redrive: bool,
}

impl RetryBy<'_> {
    /// For a dead letter.
    pub const REDRIVE: Self = Self {
        idempotency: None,
        request_id: None,
        waiting: None,
        is_redrive: true,
    };
}

/// What a wish to retry led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RetryOutcome {
    /// A new task; its message waits in the outbox.
    New {
        /// The task.
        task_id: i64,
        /// Its message.
        outbox_id: i64,
    },
    /// It is being run again already.
    Repeated {
        /// The task that does.
        task_id: i64,
    },
    /// The idempotency key was used for another request.
    KeyOfAnotherTask {
        /// The task that it made.
        task_id: i64,
        /// That task's name.
        name: String,
    },
    /// An unfinished task has the same exclusive key.
    Excluded,
    /// Too many tasks wait.
    Full(Whose),
    /// It has neither failed nor been cancelled.
    NotFailed(TaskStatus),
    /// There is no such task.
    Unknown,
}

impl Db {
    /// Commits a copy of a failed task together with its message. A keyword argument `job_id` is by agreement the
    /// task's own number, and becomes the new one.
    ///
    /// # Errors
    /// If the database fails; then nothing was submitted.
    pub async fn retry_task(&self, old: i64, by: RetryBy<'_>) -> Result<RetryOutcome> {
        let idempotency = by.idempotency;
        // Before the lock, which the key's own statements would wait for.
        if let Some(used) = self.retried_under(old, idempotency).await? {
            return Ok(used);
        }
        let mut tx = self.begin().await?;
        let outcome = retry_in(&mut tx, old, by).await?;
        tx.commit().await?;
        if outcome != RetryOutcome::Excluded {
            return Ok(outcome);
        }
        let used = self.retried_under(old, idempotency).await?;
        Ok(used.unwrap_or(outcome))
    }

    /// What the key was used for by the submitter of the task, if it was used.
    async fn retried_under(
        &self,
        old: i64,
        idempotency: Option<Idempotency<'_>>,
    ) -> Result<Option<RetryOutcome>> {
        let Some(idempotency) = idempotency else {
            return Ok(None);
        };
        let user_id = sqlx::query_scalar!("SELECT user_id FROM task WHERE id = $1", old)
            .fetch_optional(&self.pool)
            .await?;
        let Some(user_id) = user_id.flatten() else {
            return Ok(None);
        };
        Ok(match self.key_use(user_id, idempotency).await? {
            KeyUse::Free => None,
            KeyUse::Same { task_id } => Some(RetryOutcome::Repeated { task_id }),
            KeyUse::Another { task_id, name } => {
                Some(RetryOutcome::KeyOfAnotherTask { task_id, name })
            }
        })
    }
}

/// The part of [`Db::retry_task`] that is one transaction. What a key was used for is not looked for: then the outcome is
/// [`RetryOutcome::Excluded`].
pub(super) async fn retry_in(
    tx: &mut Transaction<'_, Postgres>,
    old: i64,
    by: RetryBy<'_>,
) -> Result<RetryOutcome> {
    let idempotency = by.idempotency;
    // The lock makes two wishes for the same task take turns.
    let found = sqlx::query_scalar!("SELECT status FROM task WHERE id = $1 FOR UPDATE", old)
        .fetch_optional(&mut **tx)
        .await?;
    match found.as_deref().map(status).transpose()? {
        None => return Ok(RetryOutcome::Unknown),
        Some(TaskStatus::Failure) => {}
        // A dead letter is of what failed; what somebody cancelled is run again for who asks for it.
        Some(TaskStatus::Revoked) if !by.is_redrive => {}
        Some(other) => return Ok(RetryOutcome::NotFailed(other)),
    }
    let earlier = sqlx::query_scalar!(
        "SELECT id FROM task WHERE retry_of = $1 AND ($2 OR status IN ('PENDING', 'STARTED', 'RETRY'))
         ORDER BY id DESC LIMIT 1",
        old,
        by.is_redrive,
    )
    .fetch_optional(&mut **tx)
    .await?;
    if let Some(task_id) = earlier {
        return Ok(RetryOutcome::Repeated { task_id });
    }
    if let Some(limits) = by.waiting {
        let owner = sqlx::query!("SELECT user_id, project_id FROM task WHERE id = $1", old)
            .fetch_one(&mut **tx)
            .await?;
        if let Some(whose) = full(tx, owner.user_id, owner.project_id, limits).await? {
            return Ok(RetryOutcome::Full(whose));
        }
    }
    let made = sqlx::query!(
        "WITH made AS (
             INSERT INTO task (id, name, queue, kwargs, user_id, project_id, idempotency_key,
                               idempotency_fingerprint, exclusive_key, max_attempts, request_id, retry_of, priority,
                               estimated_seconds)
             OVERRIDING SYSTEM VALUE
             SELECT fresh.id, o.name, o.queue,
                    CASE WHEN o.kwargs ? 'job_id'
                         THEN o.kwargs || jsonb_build_object('job_id', fresh.id) ELSE o.kwargs END,
                    o.user_id, o.project_id, $2, $3, o.exclusive_key,
                    -- Attempts that were handed back have been added to the old one's number.
                    -- Those before a split do not count either.
                    o.max_attempts - split.attempt
                        - (SELECT count(*) FROM task_attempt a WHERE a.task_id = o.id AND a.attempt > split.attempt
                           AND (a.is_second OR a.outcome IN ('released', 'snoozed')))::integer,
                    $4, o.id, o.priority, o.estimated_seconds
             FROM task o,
                  LATERAL (SELECT coalesce(max(a.attempt), 0) AS attempt FROM task_attempt a
                           WHERE a.task_id = o.id AND a.outcome = 'split') split,
                  (SELECT nextval(pg_get_serial_sequence('task', 'id')) AS id) fresh
             WHERE o.id = $1
             ON CONFLICT DO NOTHING
             RETURNING id, queue
         )
         INSERT INTO outbox (task_id, queue) SELECT id, queue FROM made RETURNING id, task_id",
        old,
        idempotency.map(|idempotency| idempotency.key),
        idempotency.map(|idempotency| &idempotency.fingerprint[..]),
        by.request_id,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(
        made.map_or(RetryOutcome::Excluded, |row| RetryOutcome::New {
            task_id: row.task_id,
            outbox_id: row.id,
        }),
    )
}
