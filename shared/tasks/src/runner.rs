//! Runs one task from claim to committed end. Both drivers, and inline execution, go through here.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use chrono::Utc;
use divbase_db::{
    Db, DbError,
    tasks::{Claim, ClaimedTask, Committed, Ending, Fence, LeaseState, Submission},
};
use futures::FutureExt;
use serde_json::{Value, json};
use tokio::{sync::watch, time::Instant};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::{
    Context, Delivery, Disposition, MessageLease, Queue, Registry, Relay, Sender, Stop, StopSignal,
    Submit, SubmitError, Task, TaskError, TaskInfo, TaskMessage, backoff, context::ProgressCell,
    error::failure, submit::store,
};

/// How often a running task's lease is renewed and its progress written down.
const TICK: Duration = Duration::from_secs(1);
/// How long a task may take to stop after it was told to.
const GRACE: Duration = Duration::from_secs(5);
/// A waiting task that has had no message for so long gets another.
const SILENT_SECONDS: i32 = 900;

/// Runs tasks; one a process, shared.
pub struct Runner<S> {
    db: Db,
    registry: Registry<S>,
    services: Arc<S>,
    sender: Arc<dyn Sender>,
    relay: Relay,
    worker: String,
    lease: Duration,
    shutdown: CancellationToken,
}

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
        /// Class of the error.
        exc_type: String,
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
    /// A runner. `worker` names it in history; `shutdown` makes it hand back what it runs.
    #[must_use]
    pub fn new(
        db: Db,
        registry: Registry<S>,
        services: Arc<S>,
        sender: Arc<dyn Sender>,
        worker: String,
        lease: Duration,
        shutdown: CancellationToken,
    ) -> Self {
        let relay = Relay::new(db.clone(), Arc::clone(&sender));
        Self {
            db,
            registry,
            services,
            sender,
            relay,
            worker,
            lease,
            shutdown,
        }
    }

    /// The relay that goes with it.
    #[must_use]
    pub fn relay(&self) -> &Relay {
        &self.relay
    }

    /// The lease of its tasks.
    #[must_use]
    pub fn lease(&self) -> Duration {
        self.lease
    }

    /// Deals with one message.
    pub async fn handle(&self, delivery: Delivery) -> Disposition {
        let Some(message) = TaskMessage::parse(&delivery.body) else {
            tracing::error!(queue = %delivery.queue, "a message that is not ours goes to the dead letters");
            return self.bury(delivery.queue, &delivery.body).await;
        };
        let task_id = message.task_id;
        let claim = self
            .db
            .claim_task(task_id, &self.worker, self.lease.as_secs_f64())
            .await;
        match claim {
            Ok(Claim::Claimed(task)) => self.run(*task, delivery).await,
            Ok(Claim::Running { until } | Claim::NotYet { until }) => {
                let wait = (until - Utc::now()).to_std().unwrap_or_default();
                Disposition::Again(wait + Duration::from_secs(1))
            }
            Ok(Claim::Ended(status)) => {
                tracing::debug!(task_id, %status, "a message about a task that has ended");
                Disposition::Done
            }
            Ok(Claim::Unknown) => {
                tracing::warn!(task_id, "a message about a task that does not exist");
                Disposition::Done
            }
            Ok(Claim::Spent) => {
                self.rescue().await;
                Disposition::Done
            }
            Err(error) => {
                tracing::error!(task_id, %error, "the task could not be claimed");
                Disposition::Again(Duration::from_secs(2))
            }
        }
    }

    /// One round of rescue and relay.
    pub async fn rescue(&self) {
        let lost = json!(failure(
            "WorkerLostError",
            "The worker that ran this task was lost, again and again."
        ));
        match self.db.rescue_tasks(SILENT_SECONDS, &lost).await {
            Ok(rescued) if rescued == Default::default() => {}
            Ok(rescued) => {
                tracing::warn!(?rescued, "rescued tasks whose worker or message was lost");
            }
            Err(error) => tracing::error!(%error, "rescue failed; the next round goes on"),
        }
        if let Err(error) = self.relay.flush().await {
            tracing::error!(%error, "the relay failed; the next round goes on");
        }
    }

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
        let message_delay = budget.as_secs_f64() + self.lease.as_secs_f64();
        let task_id = match store::<T>(&self.db, submit, message_delay, kwargs).await? {
            Submission::New { task_id, .. } => task_id,
            Submission::Repeated { task_id } | Submission::Excluded { task_id } => {
                return self.ended(task_id).await;
            }
        };
        let claim = self
            .db
            .claim_task(task_id, &self.worker, self.lease.as_secs_f64())
            .await
            .map_err(SubmitError::from)?;
        if let Claim::Claimed(task) = claim {
            let (ending, _) = self.attempt(&task, None, Some(budget)).await;
            self.commit(&task, ending).await;
        }
        self.ended(task_id).await
    }

    /// What became of a task that this caller waited for.
    async fn ended(&self, task_id: i64) -> Result<(i64, Value), InlineError> {
        use divbase_contract::history::TaskStatus;
        use divbase_db::tasks::{HistoryFilter, HistoryScope};
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
                    exc_type: text(value.get("exc_type")),
                    message: text(value.get("exc_message").and_then(|lines| lines.get(0))),
                })
            }
            _ => Err(InlineError::HandedOver { task_id }),
        }
    }

    async fn run(&self, task: ClaimedTask, delivery: Delivery) -> Disposition {
        let Fence { task_id, attempt } = task.fence;
        let span = tracing::info_span!("task", task_id, attempt, task = %task.name,
            request_id = task.request_id.as_deref().unwrap_or_default());
        async {
            tracing::info!("task started");
            let started = Instant::now();
            let (ending, dead) = self.attempt(&task, delivery.lease.as_ref(), None).await;
            let outcome = match &ending {
                None => "lease lost",
                Some(Ending::Success(_)) => "success",
                Some(Ending::Failure(_)) => "failure",
                Some(Ending::Revoked) => "revoked",
                Some(Ending::Retry { .. }) => "retry",
                Some(Ending::Released) => "released",
            };
            self.commit(&task, ending).await;
            tracing::info!(
                outcome,
                seconds = started.elapsed().as_secs_f64(),
                "task ended"
            );
            match dead {
                Exhausted::Yes => self.bury(delivery.queue, &delivery.body).await,
                Exhausted::No => Disposition::Done,
            }
        }
        .instrument(span)
        .await
    }

    /// Runs one attempt; nothing to commit if its lease was lost.
    async fn attempt(
        &self,
        task: &ClaimedTask,
        message: Option<&MessageLease>,
        budget: Option<Duration>,
    ) -> (Option<Ending>, Exhausted) {
        let Some(erased) = self.registry.get(&task.name) else {
            let error = format!("no worker knows the task {}", task.name);
            return (
                Some(Ending::Failure(json!(failure("UnknownTaskError", &error)))),
                Exhausted::Yes,
            );
        };
        let policy = erased.policy();
        let (stop, signal) = watch::channel(None);
        let progress = ProgressCell::default();
        let ctx = Context {
            services: Arc::clone(&self.services),
            task: TaskInfo {
                fence: task.fence,
                user_id: task.user_id,
                project_id: task.project_id,
            },
            stop: StopSignal(signal),
            progress: progress.clone(),
        };
        let work = AssertUnwindSafe(erased.run(ctx, task.kwargs.clone())).catch_unwind();
        let mut work = tokio::spawn(work.in_current_span());
        let watched = self.watch(
            task.fence,
            &stop,
            &progress,
            message,
            policy.soft_limit,
            budget,
        );
        let hard = tokio::time::sleep(policy.hard_limit);
        let outcome = tokio::select! {
            outcome = &mut work => Some(outcome),
            () = hard => None,
            () = watched => None,
        };
        let reason = *stop.borrow();
        let Some(joined) = outcome else {
            work.abort();
            return self.stopped(reason);
        };
        match joined {
            Ok(Ok(Ok(value))) => (Some(Ending::Success(value)), Exhausted::No),
            Ok(Ok(Err(TaskError::Stopped))) => self.stopped(reason),
            Ok(Ok(Err(error))) => self.failed(task, &policy, error),
            Ok(Err(panic)) => {
                let text = panic
                    .downcast_ref::<&str>()
                    .map(ToString::to_string)
                    .or_else(|| panic.downcast_ref::<String>().cloned())
                    .unwrap_or_default();
                self.failed(task, &policy, TaskError::Internal(format!("panic: {text}")))
            }
            Err(error) => self.failed(task, &policy, TaskError::Internal(error.to_string())),
        }
    }

    /// Renews the leases, writes progress down and tells the task when to stop. Ends once the task has had its
    /// time to stop, or at once if there is nothing left to wait for.
    async fn watch(
        &self,
        fence: Fence,
        stop: &watch::Sender<Option<Stop>>,
        progress: &ProgressCell,
        message: Option<&MessageLease>,
        soft_limit: Duration,
        budget: Option<Duration>,
    ) {
        let started = Instant::now();
        let mut renewed = started;
        let mut give_up: Option<Instant> = None;
        let mut tick = tokio::time::interval_at(started + TICK, TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let soft = tokio::time::sleep(budget.map_or(soft_limit, |budget| budget.min(soft_limit)));
        tokio::pin!(soft);
        let tell = |reason: Stop| {
            stop.send_if_modified(|told| {
                told.is_none() && {
                    *told = Some(reason);
                    true
                }
            })
        };
        loop {
            tokio::select! {
                () = &mut soft, if give_up.is_none() => {
                    let over_budget = budget.is_some_and(|budget| budget <= soft_limit);
                    tell(if over_budget { Stop::Shutdown } else { Stop::SoftLimit });
                    // A caller that waits is not kept waiting: the queue runs the task again.
                    give_up = Some(Instant::now() + if over_budget { Duration::ZERO } else { GRACE * 12 });
                }
                () = self.shutdown.cancelled(), if give_up.is_none() => {
                    tell(Stop::Shutdown);
                    give_up = Some(Instant::now() + GRACE);
                }
                () = tokio::time::sleep_until(give_up.unwrap_or(started)), if give_up.is_some() => return,
                _ = tick.tick() => {
                    match self.db.renew_lease(fence, self.lease.as_secs_f64(), progress.take().as_ref()).await {
                        Ok(LeaseState::Held) => renewed = Instant::now(),
                        Ok(LeaseState::CancelRequested) => {
                            renewed = Instant::now();
                            if tell(Stop::Cancelled) {
                                give_up = Some(Instant::now() + GRACE);
                            }
                        }
                        Ok(LeaseState::Lost) => {
                            tell(Stop::LeaseLost);
                            return;
                        }
                        Err(error) => {
                            tracing::warn!(%error, "the lease could not be renewed");
                            if renewed.elapsed() > self.lease {
                                tell(Stop::LeaseLost);
                                return;
                            }
                        }
                    }
                    if let Some(message) = message {
                        message.renew(self.lease).await;
                    }
                }
            }
        }
    }

    fn stopped(&self, reason: Option<Stop>) -> (Option<Ending>, Exhausted) {
        let ending = match reason {
            Some(Stop::Cancelled) => Some(Ending::Revoked),
            Some(Stop::Shutdown) => Some(Ending::Released),
            Some(Stop::LeaseLost) => None,
            Some(Stop::SoftLimit) | None => Some(Ending::Failure(json!(failure(
                "TimeLimitExceeded",
                "The task took longer than it may. Ask for fewer samples or a smaller region.",
            )))),
        };
        (ending, Exhausted::No)
    }

    fn failed(
        &self,
        task: &ClaimedTask,
        policy: &crate::Policy,
        error: TaskError,
    ) -> (Option<Ending>, Exhausted) {
        let attempt = task.fence.attempt;
        match error {
            TaskError::User { exc_type, message } => {
                tracing::info!(exc_type, "the task failed: {message}");
                (
                    Some(Ending::Failure(json!(failure(exc_type, &message)))),
                    Exhausted::No,
                )
            }
            TaskError::Transient(error) if attempt < task.max_attempts => {
                let delay_seconds = backoff::delay(policy, attempt).as_secs_f64();
                tracing::warn!(
                    delay_seconds,
                    "the attempt failed, another follows: {error}"
                );
                (
                    Some(Ending::Retry {
                        delay_seconds,
                        error,
                    }),
                    Exhausted::No,
                )
            }
            TaskError::Transient(error) => {
                tracing::error!("the last attempt failed: {error}");
                let text = format!(
                    "A part of the service did not answer in {attempt} attempts. Please try again later."
                );
                (
                    Some(Ending::Failure(json!(failure("ServiceUnavailable", &text)))),
                    Exhausted::Yes,
                )
            }
            TaskError::Internal(error) => {
                tracing::error!("a fault of the service: {error}");
                let text = format!(
                    "The service made an error. Please report it with the task id {}.",
                    task.fence.task_id
                );
                (
                    Some(Ending::Failure(json!(failure("InternalError", &text)))),
                    Exhausted::Yes,
                )
            }
            TaskError::Stopped => self.stopped(None),
        }
    }

    /// Writes the end down, for as long as the lease lasts. If the database stays away the lease runs out and the
    /// task is run again.
    async fn commit(&self, task: &ClaimedTask, ending: Option<Ending>) {
        let Some(ending) = ending else {
            return;
        };
        let deadline = Instant::now() + self.lease;
        loop {
            match self.db.end_attempt(task.fence, &ending).await {
                Ok(Committed::Yes {
                    outbox_id: Some(outbox_id),
                }) => {
                    if let Err(error) = self.relay.send_one(outbox_id).await {
                        tracing::warn!(%error, "the next attempt's message stays in the outbox for the relay");
                    }
                    return;
                }
                Ok(Committed::Yes { outbox_id: None }) => return,
                Ok(Committed::Fenced) => {
                    tracing::warn!(
                        "the attempt was no longer the current one; its end was not committed"
                    );
                    return;
                }
                Err(error) if is_final(&error) || Instant::now() > deadline => {
                    tracing::error!(%error, "the end of the attempt could not be committed");
                    return;
                }
                Err(error) => {
                    tracing::warn!(%error, "the end of the attempt could not be committed yet");
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
            }
        }
    }

    async fn bury(&self, queue: Queue, body: &str) -> Disposition {
        match self.sender.bury(queue, body).await {
            Ok(()) => Disposition::Done,
            Err(error) => {
                tracing::error!(%error, "the message could not be moved to the dead letters");
                // Received again it is found to be ended; the queue's own redrive policy is the safety net.
                Disposition::Again(Duration::from_secs(30))
            }
        }
    }
}

fn is_final(error: &DbError) -> bool {
    !error.is_transient()
}

/// Whether a message has to be kept for an operator.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Exhausted {
    Yes,
    No,
}
