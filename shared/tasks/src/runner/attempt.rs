//! One attempt: the task's own code with everything around it, and what its outcome means.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use divbase_contract::FailureClass;
use divbase_db::tasks::{AfterFailure, ClaimedTask, Cost, Ending, NewBatch};
use futures::FutureExt;
use serde_json::json;
use tokio::{sync::watch, time::Instant};
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;

use super::Runner;
use crate::{
    Context, MessageLease, Meter, Observed, Outcome, Policy, Queue, RetryOn, Stop, StopSignal,
    TaskError, TaskInfo, context::ProgressCell, error::failure,
};

/// Where an attempt runs, and what that allows it.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// The queue whose limits hold.
    pub(super) queue: Queue,
    /// The message to keep hidden.
    pub(super) message: Option<&'a MessageLease>,
    /// How long a caller waits for it.
    pub(super) budget: Option<Duration>,
    /// When the process ends.
    pub(super) deadline: Option<Instant>,
}

impl<S: Send + Sync + 'static> Runner<S> {
    /// Runs one attempt; nothing to commit if its lease was lost. Tells what it cost, too.
    pub(super) async fn attempt(
        &self,
        task: &ClaimedTask,
        place: Place<'_>,
    ) -> (Option<Ending>, Cost) {
        let (meter, started) = (Meter::default(), Instant::now());
        let what = Observed {
            task: &task.name,
            queue: place.queue,
            attempt: task.attempt,
        };
        if let Some(observer) = self.observer.get() {
            let waited = Duration::try_from_secs_f64(task.waited_seconds).unwrap_or_default();
            observer.started(what, waited);
        }
        let ending = self.metered(task, place, &meter).await;
        if let Some(observer) = self.observer.get() {
            let outcome = Outcome::of(ending.as_ref());
            observer.ended(what, outcome, started.elapsed());
        }
        (ending, meter.cost())
    }

    async fn metered(&self, task: &ClaimedTask, place: Place<'_>, meter: &Meter) -> Option<Ending> {
        let known = self.registry.get(&task.name);
        let Some((policy, run)) = known.and_then(|task| Some((task.policy, task.run?))) else {
            let error = format!("no worker knows the task {}", task.name);
            tracing::error!("{error}");
            return Some(fail(FailureClass::UnknownTask, &error, AfterFailure::Bury));
        };
        let estimate = task
            .estimated_seconds
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let (soft_limit, hard_limit) = policy.limits(place.queue, estimate);
        // Between submission and now a project may have been closed, an account turned off, a membership ended.
        if !task.may_run {
            let why =
                "The project is closed, or who submitted the task may no longer run tasks in it.";
            return failed(task, &policy, TaskError::user(why));
        }
        let (stop, signal) = watch::channel(None);
        let progress = ProgressCell::default();
        let ctx = Context {
            services: Arc::clone(&self.services),
            task: TaskInfo {
                fence: task.fence(),
                user_id: task.user_id,
                project_id: task.project_id,
            },
            stop: StopSignal(signal),
            meter: meter.clone(),
            progress: progress.clone(),
            db: self.db.clone(),
            joining: task.batch_then.clone().map(Arc::new),
        };
        let work = AssertUnwindSafe(run(ctx, task.kwargs.clone())).catch_unwind();
        // Aborted with us: work that nobody can commit must not go on.
        let mut work =
            AbortOnDropHandle::new(tokio::spawn(meter.clone().over(work).in_current_span()));
        let watched = self.watch(task.fence(), &stop, &progress, soft_limit, place);
        let hard = tokio::time::sleep(hard_limit);
        let outcome = tokio::select! {
            outcome = &mut work => Some(outcome),
            () = hard => None,
            () = watched => None,
        };
        let reason = *stop.borrow();
        let Some(joined) = outcome else {
            return stopped(task, &policy, reason);
        };
        match joined {
            Ok(Ok(Ok(value))) => Some(Ending::Success(value)),
            Ok(Ok(Err(TaskError::Stopped))) => stopped(task, &policy, reason),
            Ok(Ok(Err(error))) => failed(task, &policy, error),
            Ok(Err(panic)) => {
                let text = panic
                    .downcast_ref::<&str>()
                    .map(ToString::to_string)
                    .or_else(|| panic.downcast_ref::<String>().cloned())
                    .unwrap_or_default();
                let error = TaskError::Internal(format!("panic: {text}").into());
                again(task, &policy, RetryOn::Panic, &error).or_else(|| Some(fault(task, &error)))
            }
            Err(error) => failed(task, &policy, TaskError::Internal(error.into())),
        }
    }
}

fn fail(class: FailureClass, message: &str, dead_letter: AfterFailure) -> Ending {
    Ending::Failure {
        error: json!(failure(class, message)),
        message: dead_letter,
    }
}

/// The end of a task by a fault of ours: an operator should look.
fn fault(task: &ClaimedTask, error: &TaskError) -> Ending {
    tracing::error!("a fault of the service: {error}");
    let (class, message) = error.for_user(task.fence());
    fail(class, &message, AfterFailure::Bury)
}

/// The end of an attempt that was told to stop, or was stopped by the hard limit (no reason).
fn stopped(task: &ClaimedTask, policy: &Policy, reason: Option<Stop>) -> Option<Ending> {
    match reason {
        Some(Stop::Cancelled) => Some(Ending::Revoked),
        Some(Stop::Shutdown) => Some(Ending::Released),
        Some(Stop::LeaseLost) => None,
        Some(Stop::SoftLimit) | None => {
            again(task, policy, RetryOn::TimeLimit, &TaskError::Stopped).or_else(|| {
                let (class, message) = TaskError::Stopped.for_user(task.fence());
                Some(fail(class, &message, AfterFailure::Forget))
            })
        }
    }
}

/// Another attempt, if the policy wants one after such a failure and there is one left.
fn again(task: &ClaimedTask, policy: &Policy, on: RetryOn, error: &TaskError) -> Option<Ending> {
    let delay_seconds = policy.delay(task, on)?.as_secs_f64();
    tracing::warn!(
        delay_seconds,
        "the attempt failed, another follows: {error}"
    );
    Some(Ending::Retry {
        delay_seconds,
        error: error.to_string(),
    })
}

/// The end of an attempt that failed. The policy says which failures are worth another attempt; what is not the
/// user's to mend is kept for an operator.
fn failed(task: &ClaimedTask, policy: &Policy, error: TaskError) -> Option<Ending> {
    let dead_letter = match &error {
        TaskError::User { class, message } => {
            tracing::info!(class = class.as_str(), "the task failed: {message}");
            AfterFailure::Forget
        }
        TaskError::Transient(cause) => {
            if let Some(retry) = again(task, policy, RetryOn::Transient, &error) {
                return Some(retry);
            }
            tracing::error!("the last attempt failed: {cause}");
            AfterFailure::Bury
        }
        TaskError::Arguments(_) | TaskError::Internal(_) => {
            if matches!(error, TaskError::Internal(_))
                && let Some(retry) = again(task, policy, RetryOn::Internal, &error)
            {
                return Some(retry);
            }
            return Some(fault(task, &error));
        }
        TaskError::Split(batch) => {
            return Some(Ending::Split(NewBatch {
                own_attempts: i32::from(policy.max_attempts),
                ..(**batch).clone()
            }));
        }
        TaskError::Snooze { after, reason } => {
            return Some(Ending::Snoozed {
                delay_seconds: after.as_secs_f64(),
                reason: reason.clone(),
            });
        }
        TaskError::Stopped => return stopped(task, policy, None),
    };
    let (class, message) = error.for_user(task.fence());
    Some(fail(class, &message, dead_letter))
}
