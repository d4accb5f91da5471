//! One attempt: the task's own code with everything around it, and what its outcome means.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use divbase_db::tasks::{AfterFailure, ClaimedTask, Cost, Ending};
use futures::FutureExt;
use serde_json::json;
use tokio::{sync::watch, time::Instant};
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;

use super::Runner;
use crate::{
    Context, MessageLease, Meter, Outcome, Policy, Stop, StopSignal, TaskError, TaskInfo, backoff,
    context::ProgressCell, error::failure,
};

impl<S: Send + Sync + 'static> Runner<S> {
    /// Runs one attempt; nothing to commit if its lease was lost. Tells what it cost, too.
    pub(super) async fn attempt(
        &self,
        task: &ClaimedTask,
        message: Option<&MessageLease>,
        budget: Option<Duration>,
    ) -> (Option<Ending>, Cost) {
        let (meter, started) = (Meter::default(), Instant::now());
        if let Some(observer) = self.observer.get() {
            observer.started(&task.name);
        }
        let ending = self.metered(task, message, budget, &meter).await;
        if let Some(observer) = self.observer.get() {
            let outcome = Outcome::of(ending.as_ref());
            observer.ended(&task.name, outcome, started.elapsed());
        }
        (ending, meter.cost())
    }

    async fn metered(
        &self,
        task: &ClaimedTask,
        message: Option<&MessageLease>,
        budget: Option<Duration>,
        meter: &Meter,
    ) -> Option<Ending> {
        let Some(erased) = self.registry.get(&task.name) else {
            let error = format!("no worker knows the task {}", task.name);
            tracing::error!("{error}");
            return Some(fail("UnknownTaskError", &error, AfterFailure::Bury));
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
            meter: meter.clone(),
            progress: progress.clone(),
        };
        let work = AssertUnwindSafe(erased.run(ctx, task.kwargs.clone())).catch_unwind();
        // Aborted with us: work that nobody can commit must not go on.
        let mut work =
            AbortOnDropHandle::new(tokio::spawn(meter.clone().over(work).in_current_span()));
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
            return stopped(reason);
        };
        match joined {
            Ok(Ok(Ok(value))) => Some(Ending::Success(value)),
            Ok(Ok(Err(TaskError::Stopped))) => stopped(reason),
            Ok(Ok(Err(error))) => failed(task, &policy, error),
            Ok(Err(panic)) => {
                let text = panic
                    .downcast_ref::<&str>()
                    .map(ToString::to_string)
                    .or_else(|| panic.downcast_ref::<String>().cloned())
                    .unwrap_or_default();
                failed(task, &policy, TaskError::Internal(format!("panic: {text}")))
            }
            Err(error) => failed(task, &policy, TaskError::Internal(error.to_string())),
        }
    }
}

fn fail(exc_type: &str, message: &str, dead_letter: AfterFailure) -> Ending {
    Ending::Failure {
        error: json!(failure(exc_type, message)),
        message: dead_letter,
    }
}

/// The end of an attempt that was told to stop, or was stopped by the hard limit (no reason).
fn stopped(reason: Option<Stop>) -> Option<Ending> {
    match reason {
        Some(Stop::Cancelled) => Some(Ending::Revoked),
        Some(Stop::Shutdown) => Some(Ending::Released),
        Some(Stop::LeaseLost) => None,
        Some(Stop::SoftLimit) | None => Some(fail(
            "TimeLimitExceeded",
            "The task took longer than it may. Ask for fewer samples or a smaller region.",
            AfterFailure::Forget,
        )),
    }
}

/// The end of an attempt that failed. Only what may pass by itself is worth another attempt; what is not the
/// user's to mend is kept for an operator.
fn failed(task: &ClaimedTask, policy: &Policy, error: TaskError) -> Option<Ending> {
    let attempt = task.fence.attempt;
    match error {
        TaskError::User { exc_type, message } => {
            tracing::info!(exc_type, "the task failed: {message}");
            Some(fail(exc_type, &message, AfterFailure::Forget))
        }
        TaskError::Arguments(error) => {
            tracing::error!(
                "the stored arguments of {} cannot be read: {error}",
                task.name
            );
            let text = format!(
                "the stored arguments of {} cannot be read: {error}",
                task.name
            );
            Some(fail("InvalidTaskArguments", &text, AfterFailure::Bury))
        }
        TaskError::Transient(error) if attempt < task.max_attempts => {
            let delay_seconds = backoff::delay(policy, attempt).as_secs_f64();
            tracing::warn!(
                delay_seconds,
                "the attempt failed, another follows: {error}"
            );
            Some(Ending::Retry {
                delay_seconds,
                error,
            })
        }
        TaskError::Transient(error) => {
            tracing::error!("the last attempt failed: {error}");
            let text = format!(
                "A part of the service did not answer in {attempt} attempts. Please try again later."
            );
            Some(fail("ServiceUnavailable", &text, AfterFailure::Bury))
        }
        TaskError::Internal(error) => {
            tracing::error!("a fault of the service: {error}");
            let text = format!(
                "The service made an error. Please report it with the task id {}.",
                task.fence.task_id
            );
            Some(fail("InternalError", &text, AfterFailure::Bury))
        }
        TaskError::Stopped => stopped(None),
    }
}
