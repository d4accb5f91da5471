//! Submission.

use std::{sync::Arc, time::Duration};

use divbase_db::{
    Db, DbError, Origin,
    tasks::{
        Idempotency, KeyUse, NewTask, RetryBy, RetryOutcome, Submission as Stored, WaitingLimits,
        Whose,
    },
};
use divbase_telemetry::traces::current;
use serde_json::Value;

use crate::{Queue, Relay, Sender, Task};

/// Who submits a task and under which conditions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Submit<'a> {
    /// The user; nobody for periodic tasks.
    pub user_id: Option<i64>,
    /// The project it works on.
    pub project_id: Option<i64>,
    /// A repetition of the same submission carries the same key.
    pub idempotency: Option<Idempotency<'a>>,
    /// At most one unfinished task has a given key.
    pub exclusive_key: Option<&'a str>,
    /// The HTTP request, for the logs.
    pub request_id: Option<&'a str>,
    /// How long it is expected to run.
    pub estimate: Option<Duration>,
    /// How many tasks may wait, this one included; any number if absent.
    pub waiting: Option<WaitingLimits>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Submission {
    /// The task, new or the same as before.
    Accepted(i64),
    /// Refused: this unfinished task has the same exclusive key.
    Excluded(i64),
}

/// Nothing was submitted.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The idempotency key was used for another request.
    #[error("the idempotency key was used for another request, that of task {task_id} ({name})")]
    KeyOfAnotherTask {
        /// The task that it made.
        task_id: i64,
        /// That task's name.
        name: String,
    },
    /// Too many tasks wait.
    #[error("too many tasks wait: {0:?}")]
    Full(Whose),
    /// The arguments cannot be written as JSON.
    #[error("the arguments of {task} cannot be stored: {reason}")]
    Kwargs {
        /// The task's name.
        task: &'static str,
        /// Why.
        reason: String,
    },
}

/// Makes tasks.
#[derive(Clone)]
pub struct Submitter {
    db: Db,
    relay: Relay,
}

pub(crate) fn to_json<T: Task>(kwargs: &T::Kwargs) -> Result<Value, SubmitError> {
    serde_json::to_value(kwargs).map_err(|error| SubmitError::Kwargs {
        task: T::NAME,
        reason: error.to_string(),
    })
}

impl Submitter {
    /// Submits to this database and these queues.
    #[must_use]
    pub fn new(db: Db, sender: Arc<dyn Sender>) -> Self {
        Self {
            relay: Relay::new(db.clone(), sender),
            db,
        }
    }

    /// Commits a task and then tries to send its message. If sending fails the relay does it later, so that is
    /// no error. `kwargs` is given the task's number.
    ///
    /// # Errors
    /// If nothing was submitted.
    pub async fn submit<T: Task>(
        &self,
        submit: Submit<'_>,
        kwargs: impl FnOnce(i64) -> T::Kwargs + Send,
    ) -> Result<Submission, SubmitError> {
        self.submit_to::<T>(T::QUEUE, submit, kwargs).await
    }

    /// As [`Self::submit`], to another queue than that of its kind.
    ///
    /// # Errors
    /// If nothing was submitted.
    pub async fn submit_to<T: Task>(
        &self,
        queue: Queue,
        submit: Submit<'_>,
        kwargs: impl FnOnce(i64) -> T::Kwargs + Send,
    ) -> Result<Submission, SubmitError> {
        let project_id = submit.project_id;
        Ok(
            match store::<T>(&self.db, queue, submit, 0.0, kwargs).await? {
                Stored::New { task_id, outbox_id } => {
                    if let Err(error) = self
                        .relay
                        .send_fresh(outbox_id, task_id, queue, project_id)
                        .await
                    {
                        tracing::warn!(task_id, %error, "the message stays in the outbox for the relay");
                    }
                    Submission::Accepted(task_id)
                }
                Stored::Repeated { task_id } => Submission::Accepted(task_id),
                Stored::Excluded { task_id } => Submission::Excluded(task_id),
                Stored::Full { whose } => return Err(SubmitError::Full(whose)),
                Stored::KeyOfAnother { task_id, name } => {
                    return Err(SubmitError::KeyOfAnotherTask { task_id, name });
                }
            },
        )
    }

    /// The task that an earlier repetition of this request made.
    ///
    /// # Errors
    /// If the key was used for another request.
    pub async fn repeated(
        &self,
        user_id: i64,
        idempotency: Option<Idempotency<'_>>,
    ) -> Result<Option<i64>, SubmitError> {
        let Some(idempotency) = idempotency else {
            return Ok(None);
        };
        match self.db.key_use(user_id, idempotency).await? {
            KeyUse::Free => Ok(None),
            KeyUse::Same { task_id } => Ok(Some(task_id)),
            KeyUse::Another { task_id, name } => {
                Err(SubmitError::KeyOfAnotherTask { task_id, name })
            }
        }
    }

    /// Runs a failed task again, as a new task.
    ///
    /// # Errors
    /// If nothing was submitted.
    pub async fn retry(&self, task_id: i64, by: RetryBy<'_>) -> Result<RetryOutcome, DbError> {
        let outcome = self.db.retry_task(task_id, by).await?;
        if let RetryOutcome::New { task_id, outbox_id } = outcome {
            self.relay.try_send(task_id, outbox_id).await;
        }
        Ok(outcome)
    }
}

impl Submitter {
    /// Runs many tasks again, each as a new task; what became of each, in their order. The audit log has `filter`, by which they were
    /// chosen.
    ///
    /// # Errors
    /// If nothing was submitted.
    pub async fn retry_many(
        &self,
        ids: &[i64],
        filter: &str,
        waiting: WaitingLimits,
        by: &Origin,
    ) -> Result<Vec<(i64, RetryOutcome)>, DbError> {
        let outcomes = self.db.retry_tasks(ids, filter, waiting, by).await?;
        if let Err(error) = self.relay.flush().await {
            tracing::warn!(%error, "messages stay in the outbox for the relay");
        }
        Ok(outcomes)
    }
}

/// Commits a task; its message may be sent after `message_delay_seconds`.
pub(crate) async fn store<T: Task>(
    db: &Db,
    queue: Queue,
    submit: Submit<'_>,
    message_delay_seconds: f64,
    kwargs: impl FnOnce(i64) -> T::Kwargs + Send,
) -> Result<Stored, SubmitError> {
    let mut refused = None;
    let traceparent = current().map(|span| span.to_string());
    let new = NewTask {
        name: T::NAME,
        queue: queue.as_str(),
        user_id: submit.user_id,
        project_id: submit.project_id,
        idempotency: submit.idempotency,
        exclusive_key: submit.exclusive_key,
        max_attempts: i32::from(T::POLICY.max_attempts),
        priority: T::PRIORITY as i16,
        estimated_seconds: submit.estimate.map(|estimate| estimate.as_secs_f64()),
        waiting: submit.waiting,
        message_delay_seconds,
        request_id: submit.request_id,
        traceparent: traceparent.as_deref(),
    };
    let stored = db
        .submit_task(new, |task_id| match to_json::<T>(&kwargs(task_id)) {
            Ok(value) => value,
            Err(error) => {
                // Not an object: the database refuses the row.
                refused = Some(error);
                Value::Null
            }
        })
        .await;
    match refused {
        Some(error) => Err(error),
        None => Ok(stored?),
    }
}
