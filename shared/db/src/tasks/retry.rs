//! Running a task again that failed or was cancelled, as a new task that names the old one. What failed stays in history as it is.

use divbase_contract::history::TaskStatus;

use super::{Idempotency, KeyUse, status};
use crate::{Db, DbError};

/// Who wants a failed task run again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryBy<'a> {
    /// Its submitter, as often as it fails.
    Submitter {
        /// A repetition of the same wish carries the same key.
        idempotency: Option<Idempotency<'a>>,
        /// The HTTP request.
        request_id: Option<&'a str>,
    },
    /// An operator who sends dead letters again; each at most once, however often it is found.
    Redrive,
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
    pub async fn retry_task(&self, old: i64, by: RetryBy<'_>) -> Result<RetryOutcome, DbError> {
        let (idempotency, request_id) = match by {
            RetryBy::Submitter {
                idempotency,
                request_id,
            } => (idempotency, request_id),
            RetryBy::Redrive => (None, None),
        };
        // Before the lock, which the key's own statements would wait for.
        if let Some(used) = self.retried_under(old, idempotency).await? {
            return Ok(used);
        }
        let mut tx = self.begin().await?;
        // The lock makes two wishes for the same task take turns.
        let found = sqlx::query_scalar!("SELECT status FROM task WHERE id = $1 FOR UPDATE", old)
            .fetch_optional(&mut *tx)
            .await?;
        match found.as_deref().map(status).transpose()? {
            None => return Ok(RetryOutcome::Unknown),
            Some(TaskStatus::Failure) => {}
            // A dead letter is of what failed; what somebody cancelled is run again for who asks for it.
            Some(TaskStatus::Revoked) if by != RetryBy::Redrive => {}
            Some(other) => return Ok(RetryOutcome::NotFailed(other)),
        }
        let earlier = sqlx::query_scalar!(
            "SELECT id FROM task WHERE retry_of = $1 AND ($2 OR status IN ('PENDING', 'STARTED', 'RETRY'))
             ORDER BY id DESC LIMIT 1",
            old,
            by == RetryBy::Redrive,
        )
        .fetch_optional(&mut *tx)
        .await?;
        if let Some(task_id) = earlier {
            return Ok(RetryOutcome::Repeated { task_id });
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
            request_id,
        )
        .fetch_optional(&mut *tx)
        .await?;
        tx.commit().await?;
        if let Some(row) = made {
            return Ok(RetryOutcome::New {
                task_id: row.task_id,
                outbox_id: row.id,
            });
        }
        let used = self.retried_under(old, idempotency).await?;
        Ok(used.unwrap_or(RetryOutcome::Excluded))
    }

    /// What the key was used for by the submitter of the task, if it was used.
    async fn retried_under(
        &self,
        old: i64,
        idempotency: Option<Idempotency<'_>>,
    ) -> Result<Option<RetryOutcome>, DbError> {
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
