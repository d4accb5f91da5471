//! Running a failed task again, as a new task that names the old one. What failed stays in history as it is.

use divbase_contract::history::TaskStatus;

use super::status;
use crate::{Db, DbError};

/// Who wants a failed task run again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryBy<'a> {
    /// Its submitter, as often as it fails.
    Submitter {
        /// A repetition of the same wish carries the same key.
        idempotency_key: Option<&'a str>,
        /// The HTTP request.
        request_id: Option<&'a str>,
    },
    /// An operator who sends dead letters again; each at most once, however often it is found.
    Redrive,
}

/// What a wish to retry led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// The idempotency key was used for another submission.
    KeyOfAnotherTask {
        /// The task that it made.
        task_id: i64,
    },
    /// An unfinished task has the same exclusive key.
    Excluded,
    /// It has not failed.
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
        let mut tx = self.begin().await?;
        // The lock makes two wishes for the same task take turns.
        let found = sqlx::query_scalar!("SELECT status FROM task WHERE id = $1 FOR UPDATE", old)
            .fetch_optional(&mut *tx)
            .await?;
        match found.as_deref().map(status).transpose()? {
            None => return Ok(RetryOutcome::Unknown),
            Some(TaskStatus::Failure) => {}
            Some(other) => return Ok(RetryOutcome::NotFailed(other)),
        }
        let (key, request_id) = match by {
            RetryBy::Submitter {
                idempotency_key,
                request_id,
            } => (idempotency_key, request_id),
            RetryBy::Redrive => (None, None),
        };
        let earlier = sqlx::query!(
            "SELECT r.id, r.retry_of IS NOT DISTINCT FROM o.id AS \"is_retry!\" FROM task r JOIN task o ON o.id = $1
             WHERE (r.retry_of = o.id AND ($2 OR r.status IN ('PENDING', 'STARTED', 'RETRY')))
                OR (r.user_id = o.user_id AND r.idempotency_key = $3)
             ORDER BY 2 DESC, r.id DESC LIMIT 1",
            old,
            by == RetryBy::Redrive,
            key,
        )
        .fetch_optional(&mut *tx)
        .await?;
        if let Some(earlier) = earlier {
            let task_id = earlier.id;
            return Ok(if earlier.is_retry {
                RetryOutcome::Repeated { task_id }
            } else {
                RetryOutcome::KeyOfAnotherTask { task_id }
            });
        }
        let made = sqlx::query!(
            "WITH made AS (
                 INSERT INTO task (id, name, queue, kwargs, user_id, project_id, idempotency_key,
                                   exclusive_key, max_attempts, request_id, retry_of)
                 OVERRIDING SYSTEM VALUE
                 SELECT fresh.id, o.name, o.queue,
                        CASE WHEN o.kwargs ? 'job_id'
                             THEN o.kwargs || jsonb_build_object('job_id', fresh.id) ELSE o.kwargs END,
                        o.user_id, o.project_id, $2, o.exclusive_key,
                        -- Attempts that were handed back have been added to the old one's number.
                        o.max_attempts - (SELECT count(*) FROM task_attempt a
                                          WHERE a.task_id = o.id AND a.outcome = 'released')::integer,
                        $3, o.id
                 FROM task o, (SELECT nextval(pg_get_serial_sequence('task', 'id')) AS id) fresh
                 WHERE o.id = $1
                 ON CONFLICT DO NOTHING
                 RETURNING id, queue
             )
             INSERT INTO outbox (task_id, queue) SELECT id, queue FROM made RETURNING id, task_id",
            old,
            key,
            request_id,
        )
        .fetch_optional(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(
            made.map_or(RetryOutcome::Excluded, |row| RetryOutcome::New {
                task_id: row.task_id,
                outbox_id: row.id,
            }),
        )
    }
}
