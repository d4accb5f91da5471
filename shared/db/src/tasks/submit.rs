//! Submission: the task row and its outbox row in one transaction.

use std::sync::Arc;

use serde_json::Value;

use super::{
    Idempotency, KeyUse, WaitingLimits, Whose,
    insert::{Inserted, Row},
};
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
    /// A repetition of the same submission carries the same key; of a task without a user it is ignored.
    pub idempotency: Option<Idempotency<'a>>,
    /// At most one unfinished task has a given key.
    pub exclusive_key: Option<&'a str>,
    /// Attempts before it fails for good.
    pub max_attempts: i32,
    /// Before whom it goes: 0 somebody waits, 1 indexing, 2 housekeeping.
    pub priority: i16,
    /// How long it is expected to run, seconds.
    pub estimated_seconds: Option<f64>,
    /// How many tasks may wait, this one included; any number if absent.
    pub waiting: Option<WaitingLimits>,
    /// Seconds that its message waits in the outbox, for a task that its submitter will run itself.
    pub message_delay_seconds: f64,
    /// The HTTP request that submits it, for the logs.
    pub request_id: Option<&'a str>,
    /// The span that submits it, as W3C Trace Context.
    pub traceparent: Option<&'a str>,
}

/// What became of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// The idempotency key was used for another request.
    KeyOfAnother {
        /// The task that it made.
        task_id: i64,
        /// That task's name.
        name: String,
    },
    /// Too many tasks wait.
    Full {
        /// Whose.
        whose: Whose,
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
        let task_id = self.next_task_id().await?;
        let row = Arc::new(Row::new(task_id, &new, kwargs(task_id)));
        loop {
            match self.insert_task(Arc::clone(&row)).await? {
                Inserted::Yes { outbox_id } => {
                    return Ok(Submission::New { task_id, outbox_id });
                }
                Inserted::Full(whose) => return Ok(Submission::Full { whose }),
                Inserted::Taken => {}
            }
            // A key that was in the way may have ended since.
            if let Some(taken) = self.conflicting_submission(&new).await? {
                return Ok(taken);
            }
        }
    }

    async fn conflicting_submission(
        &self,
        new: &NewTask<'_>,
    ) -> Result<Option<Submission>, DbError> {
        if let (Some(user_id), Some(idempotency)) = (new.user_id, new.idempotency) {
            match self.key_use(user_id, idempotency).await? {
                KeyUse::Free => {}
                KeyUse::Same { task_id } => return Ok(Some(Submission::Repeated { task_id })),
                KeyUse::Another { task_id, name } => {
                    return Ok(Some(Submission::KeyOfAnother { task_id, name }));
                }
            }
        }
        // The newest of this key: it was unfinished a moment ago, even if it has ended since.
        let excluding = sqlx::query_scalar!(
            "SELECT id FROM task WHERE exclusive_key = $1 ORDER BY id DESC LIMIT 1",
            new.exclusive_key,
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(excluding.map(|task_id| Submission::Excluded { task_id }))
    }
}
