//! What is told about attempts while they come and go, for metrics. Telling must be quick and cannot fail.

use std::time::Duration;

use divbase_db::tasks::Ending;
use divbase_telemetry::emf::{self, Unit};

use crate::Queue;

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// With a result.
    Success,
    /// With an error, for good.
    Failure,
    /// Cancelled.
    Revoked,
    /// Another attempt follows.
    Retry,
    /// Handed back by a process that ends.
    Released,
    /// It waits for children.
    Split,
    /// It had nothing to do yet.
    Snoozed,
    /// Another attempt has taken over; nothing was committed.
    LeaseLost,
}

impl Outcome {
    /// The word in logs and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Revoked => "revoked",
            Self::Retry => "retry",
            Self::Released => "released",
            Self::Split => "split",
            Self::Snoozed => "snoozed",
            Self::LeaseLost => "lease_lost",
        }
    }

    pub(crate) const fn of(ending: Option<&Ending>) -> Self {
        match ending {
            None => Self::LeaseLost,
            Some(Ending::Success(_)) => Self::Success,
            Some(Ending::Failure { .. }) => Self::Failure,
            Some(Ending::Revoked) => Self::Revoked,
            Some(Ending::Retry { .. }) => Self::Retry,
            Some(Ending::Released) => Self::Released,
            Some(Ending::Split(_)) => Self::Split,
            Some(Ending::Snoozed { .. }) => Self::Snoozed,
        }
    }
}

/// Which attempt is told about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observed<'a> {
    /// The task's name.
    pub task: &'a str,
    /// Where it runs.
    pub queue: Queue,
    /// The attempt, from 1.
    pub attempt: i32,
}

/// Somebody who is told about attempts.
pub trait Observer: Send + Sync + 'static {
    /// An attempt began; a first one so long after its task was submitted.
    fn started(&self, what: Observed<'_>, waited: Duration);
    /// It ended after so long.
    fn ended(&self, what: Observed<'_>, outcome: Outcome, ran: Duration);
}

/// Writes lines for CloudWatch: `Started`, `Ended`, `Retried`, `Failed`, `RunTime` and, of first attempts, `WaitTime`, by task, and the
/// same by queue.
#[derive(Clone, Copy, Debug, Default)]
pub struct EmfObserver;

impl EmfObserver {
    fn emit(what: Observed<'_>, metrics: &[(&str, Unit, f64)]) {
        emf::emit(&[("Task", what.task)], metrics);
        emf::emit(&[("Queue", what.queue.as_str())], metrics);
    }
}

impl Observer for EmfObserver {
    fn started(&self, what: Observed<'_>, waited: Duration) {
        let started = ("Started", Unit::Count, 1.0);
        if what.attempt == 1 {
            let waited = ("WaitTime", Unit::Seconds, waited.as_secs_f64());
            Self::emit(what, &[started, waited]);
        } else {
            Self::emit(what, &[started]);
        }
    }

    fn ended(&self, what: Observed<'_>, outcome: Outcome, ran: Duration) {
        let one_if = |yes: bool| f64::from(u8::from(yes));
        Self::emit(
            what,
            &[
                ("Ended", Unit::Count, 1.0),
                ("Retried", Unit::Count, one_if(outcome == Outcome::Retry)),
                ("Failed", Unit::Count, one_if(outcome == Outcome::Failure)),
                ("RunTime", Unit::Seconds, ran.as_secs_f64()),
            ],
        );
    }
}
