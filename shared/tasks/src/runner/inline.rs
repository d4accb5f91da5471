//! Running a task in the caller, for quick tasks whose result is the answer to a request.

use std::time::Duration;

use divbase_contract::{FailureClass, history::TaskStatus};
use divbase_db::tasks::{Claim, HistoryFilter, HistoryScope, Submission};
use serde_json::Value;
use tracing::Instrument;

use super::{Runner, attempt::Place, span};
use crate::{Submit, SubmitError, Task, submit::store};

/// An inline task gave no result to its caller.
#[derive(Debug, thiserror::Error)]
pub enum InlineError {
    /// It could not be submitted.
    #[error(transparent)]
    Submit(#[from] SubmitError),
    /// It failed; the value is the [`divbase_contract::tasks::TaskFailure`] of the history.
    #[error("task {task_id} failed")]
    Failed {
        /// The task.
        task_id: i64,
        /// Why, if the class is one of ours.
        class: Option<FailureClass>,
        /// What a user may read.
        message: String,
    },
    /// It took too long and goes on without the caller.
    #[error("task {task_id} goes on in the queue")]
    HandedOver {
        /// The task.
        task_id: i64,
    },
}

impl<S: Send + Sync + 'static> Runner<S> {
    /// Runs a task in the caller, with the same life cycle and history as any other. After `budget` it is handed
    /// to its queue.
    ///
    /// # Errors
    /// If it fails, cannot be submitted, or takes too long.
    pub async fn run_inline<T: Task<Services = S>>(
        &self,
        submit: Submit<'_>,
        kwargs: impl FnOnce(i64) -> T::Kwargs + Send,
        budget: Duration,
    ) -> Result<(i64, Value), InlineError> {
        // The message is for the case that this process dies.
        let message_delay = budget.as_secs_f64() + self.timing.lease.as_secs_f64();
        let task_id = match store::<T>(&self.db, T::QUEUE, submit, message_delay, kwargs).await? {
            Submission::New { task_id, .. } => task_id,
            Submission::Repeated { task_id } | Submission::Excluded { task_id } => {
                return self.ended(task_id).await;
            }
            Submission::Full { whose } => return Err(SubmitError::Full(whose).into()),
            Submission::KeyOfAnother { task_id, name } => {
                return Err(SubmitError::KeyOfAnotherTask { task_id, name }.into());
            }
        };
        let claim = self
            .db
            .claim_task(task_id, &self.worker, self.timing.lease.as_secs_f64())
            .await
            .map_err(SubmitError::from)?;
        if let Claim::Claimed(task) = claim {
            let place = Place {
                queue: T::QUEUE,
                message: None,
                budget: Some(budget),
                deadline: None,
            };
            async {
                let (ending, cost) = self.attempt(&task, place).await;
                self.commit(&task, ending, cost).await;
            }
            .instrument(span(&task, T::QUEUE))
            .await;
        }
        self.ended(task_id).await
    }

    /// What became of a task that this caller waited for.
    async fn ended(&self, task_id: i64) -> Result<(i64, Value), InlineError> {
        let rows = self
            .db
            .task_history(HistoryScope::Task(task_id), &HistoryFilter::default())
            .await
            .map_err(SubmitError::from)?;
        let Some(row) = rows.into_iter().next() else {
            return Err(InlineError::HandedOver { task_id });
        };
        match (row.status, row.result) {
            (TaskStatus::Success, Some(value)) => Ok((task_id, value)),
            (TaskStatus::Failure, Some(value)) => {
                let text = |value: Option<&Value>| {
                    value.and_then(Value::as_str).unwrap_or_default().to_owned()
                };
                Err(InlineError::Failed {
                    task_id,
                    class: FailureClass::parse(&text(value.get("exc_type"))),
                    message: text(value.get("exc_message").and_then(|lines| lines.get(0))),
                })
            }
            _ => Err(InlineError::HandedOver { task_id }),
        }
    }
}
