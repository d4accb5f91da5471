//! What a running task is given.

use std::sync::{Arc, Mutex, PoisonError};

use divbase_db::{
    Db,
    tasks::{Fence, ProgressReport},
};
use serde_json::Value;
use tokio::sync::watch;

use crate::Meter;

/// Which task is running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskInfo {
    /// Task and attempt.
    pub fence: Fence,
    /// Who submitted it.
    pub user_id: Option<i64>,
    /// The project it works on.
    pub project_id: Option<i64>,
}

/// Why a task should stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// A user cancelled it.
    Cancelled,
    /// It has run for longer than its soft limit.
    SoftLimit,
    /// The worker is shutting down; another will run it again.
    Shutdown,
    /// Another attempt is current; nothing of this one can be committed.
    LeaseLost,
}

/// The work should stop; [`StopSignal::reason`] says why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("stopped")]
pub struct Stopped;

/// Tells a task that it should stop.
#[derive(Clone, Debug)]
pub struct StopSignal(pub(crate) watch::Receiver<Option<Stop>>);

impl StopSignal {
    /// Why to stop, if so.
    #[must_use]
    pub fn reason(&self) -> Option<Stop> {
        *self.0.borrow()
    }

    /// An error as soon as the task should stop; for use between steps.
    ///
    /// # Errors
    /// If it should.
    pub fn check(&self) -> Result<(), Stopped> {
        match self.reason() {
            Some(_) => Err(Stopped),
            None => Ok(()),
        }
    }

    /// Waits until the task should stop; for use in `select!`.
    pub async fn stopped(&self) -> Stop {
        let mut receiver = self.0.clone();
        loop {
            if let Some(reason) = *receiver.borrow_and_update() {
                return reason;
            }
            if receiver.changed().await.is_err() {
                // The runner is gone, and with it all that could be committed.
                return Stop::LeaseLost;
            }
        }
    }
}

/// Where a task leaves word of its progress; the runner writes it down about once a second.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProgressCell(Arc<Mutex<Option<ProgressReport>>>);

impl ProgressCell {
    pub(crate) fn take(&self) -> Option<ProgressReport> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn put(&self, report: ProgressReport) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(report);
    }
}

/// What a task works with.
#[derive(Debug)]
pub struct Context<S> {
    /// Database, store and the like.
    pub services: Arc<S>,
    /// Which task this is.
    pub task: TaskInfo,
    /// Whether to stop.
    pub stop: StopSignal,
    /// What it costs; its own CPU time is counted without its doing.
    pub meter: Meter,
    pub(crate) progress: ProgressCell,
    pub(crate) db: Db,
    /// What a task that has split left itself to go on with.
    pub(crate) joining: Option<Arc<Value>>,
}

impl<S> Context<S> {
    /// Says what the task is doing and, if known, how much of the whole is done (0 to 1). Cheap: call it freely.
    pub fn progress(&self, phase: &str, fraction: Option<f64>) {
        let fraction = fraction
            .filter(|done| done.is_finite())
            .map(|done| done.clamp(0.0, 1.0));
        self.progress.put(ProgressReport {
            phase: phase.to_owned(),
            fraction,
        });
    }

    /// Counts bytes that were read from the object store. History shows their sum.
    pub fn add_bytes_read(&self, bytes: u64) {
        self.meter.add_bytes_read(bytes);
    }

    /// Counts bytes that were written to the object store.
    pub fn add_bytes_written(&self, bytes: u64) {
        self.meter.add_bytes_written(bytes);
    }
}

impl<S> Clone for Context<S> {
    fn clone(&self) -> Self {
        Self {
            services: Arc::clone(&self.services),
            task: self.task,
            stop: self.stop.clone(),
            meter: self.meter.clone(),
            progress: self.progress.clone(),
            db: self.db.clone(),
            joining: self.joining.clone(),
        }
    }
}
