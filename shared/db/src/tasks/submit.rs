//! Submission: the task row and its outbox row in one transaction.

use serde_json::Value;
use uuid::Uuid;

use crate::{Db, DbError};

/// A task to be.
#[derive(Clone, Debug)]
pub struct NewTask<'a> {
    /// Dotted name.
    pub name: &'a str,
    /// `quick`, `long` or `heavy`.
    pub queue: &'a str,
    /// Who submits it; nobody for periodic tasks.
    pub user_id: Option<i64>,
    /// The project it works on.
    pub project_id: Option<i64>,
    /// A repetition of the same submission carries the same key.
    pub idempotency_key: Option<&'a str>,
    /// At most one unfinished task has a given key.
    pub exclusive_key: Option<&'a str>,
    /// Attempts before it fails for good.
    pub max_attempts: i32,
    /// Seconds that its message waits in the outbox, for a task that its submitter will run itself.
    pub message_delay_seconds: f64,
    /// The HTTP request that submits it, for the logs.
    pub request_id: Option<&'a str>,
}

/// What became of a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Submission {
    /// A new task; its message waits in the outbox.
    New {
        /// The task.
        task_id: i64,
        /// Its message.
        outbox_id: i64,
    },
    /// The same submission was made before.
    Repeated {
        /// The task it made.
        task_id: i64,
    },
    /// The idempotency key was used for another submission, of another kind or in another project.
    KeyOfAnother {
        /// The task that it made.
        task_id: i64,
    },
    /// An unfinished task has the same exclusive key.
    Excluded {
        /// That task.
        task_id: i64,
    },
}

impl Db {
    /// Commits a task together with its message. `kwargs` is given the task's number, which some tasks carry.
    ///
    /// # Errors
    /// If the database fails; then nothing was submitted.
    pub async fn submit_task(
        &self,
        new: NewTask<'_>,
        kwargs: impl FnOnce(i64) -> Value + Send,
    ) -> Result<Submission, DbError> {
        let mut connection = self.pool.acquire().await?;
        let task_id = sqlx::query_scalar!(
            "SELECT nextval(pg_get_serial_sequence('task', 'id'))::bigint AS \"id!\""
        )
        .fetch_one(&mut *connection)
        .await?;
        // One statement, and so one transaction. No row comes back if either unique key is taken; which of the two is found out below.
        let outbox_id = sqlx::query_scalar!(
            "WITH made AS (
                 INSERT INTO task (id, uuid, name, queue, kwargs, user_id, project_id, idempotency_key,
                                   exclusive_key, max_attempts, request_id)
                 OVERRIDING SYSTEM VALUE
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
                 ON CONFLICT DO NOTHING
                 RETURNING id, queue
             )
             INSERT INTO outbox (task_id, queue, send_after)
             SELECT id, queue, now() + make_interval(secs => $12) FROM made RETURNING id",
            task_id,
            Uuid::new_v4(),
            new.name,
            new.queue,
            kwargs(task_id),
            new.user_id,
            new.project_id,
            new.idempotency_key,
            new.exclusive_key,
            new.max_attempts,
            new.request_id,
            new.message_delay_seconds,
        )
        .fetch_optional(&mut *connection)
        .await?;
        drop(connection);
        match outbox_id {
            Some(outbox_id) => Ok(Submission::New { task_id, outbox_id }),
            None => self.conflicting_submission(&new).await,
        }
    }

    async fn conflicting_submission(&self, new: &NewTask<'_>) -> Result<Submission, DbError> {
        let earlier = sqlx::query!(
            "SELECT id, name, project_id FROM task WHERE user_id = $1 AND idempotency_key = $2",
            new.user_id,
            new.idempotency_key,
        )
        .fetch_optional(&self.pool)
        .await?;
        if let Some(earlier) = earlier {
            let task_id = earlier.id;
            return Ok(
                if earlier.name == new.name && earlier.project_id == new.project_id {
                    Submission::Repeated { task_id }
                } else {
                    Submission::KeyOfAnother { task_id }
                },
            );
        }
        // The newest of this key: it was unfinished a moment ago, even if it has ended since.
        let excluding = sqlx::query_scalar!(
            "SELECT id FROM task WHERE exclusive_key = $1 ORDER BY id DESC LIMIT 1",
            new.exclusive_key,
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(Submission::Excluded { task_id: excluding })
    }
}
