//! What is told about attempts while they come and go, for metrics. Telling must be quick and cannot fail.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use divbase_db::tasks::Ending;
use divbase_telemetry::{
    emf::{self, Unit},
    prometheus::{Kind, Page},
};

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

/// Somebody who is told about attempts.
pub trait Observer: Send + Sync + 'static {
    /// An attempt of this task began.
    fn started(&self, task: &str);
    /// It ended after so long.
    fn ended(&self, task: &str, outcome: Outcome, ran: Duration);
}

/// Writes lines for CloudWatch: `Started`, `Ended`, `Retried` and `RunTime`, by task.
#[derive(Clone, Copy, Debug, Default)]
pub struct EmfObserver;

impl Observer for EmfObserver {
    fn started(&self, task: &str) {
        emf::emit(&[("Task", task)], &[("Started", Unit::Count, 1.0)]);
    }

    fn ended(&self, task: &str, outcome: Outcome, ran: Duration) {
        let one_if = |yes: bool| f64::from(u8::from(yes));
        emf::emit(
            &[("Task", task)],
            &[
                ("Ended", Unit::Count, 1.0),
                ("Retried", Unit::Count, one_if(outcome == Outcome::Retry)),
                ("Failed", Unit::Count, one_if(outcome == Outcome::Failure)),
                ("RunTime", Unit::Seconds, ran.as_secs_f64()),
            ],
        );
    }
}

/// Upper ends of the buckets of run times, seconds.
const BUCKETS: [f64; 10] = [0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0];

#[derive(Clone, Debug, Default)]
struct Counts {
    started: u64,
    ended: BTreeMap<Outcome, u64>,
    /// Those that fit no bucket are in the sum of all ends only.
    buckets: [u64; BUCKETS.len()],
    seconds: f64,
}

/// Counts for Prometheus, since the process began.
#[derive(Debug, Default)]
pub struct TaskCounters(Mutex<BTreeMap<String, Counts>>);

impl TaskCounters {
    fn change(&self, task: &str, change: impl FnOnce(&mut Counts)) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !all.contains_key(task) {
            all.insert(task.to_owned(), Counts::default());
        }
        if let Some(counts) = all.get_mut(task) {
            change(counts);
        }
    }

    /// Writes them to a page.
    pub fn write(&self, page: &mut Page) {
        let all = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let name = "divbase_task_attempts_started_total";
        page.family(name, Kind::Counter, "Attempts that began, by task.");
        for (task, counts) in &all {
            page.sample(name, &[("task", task)], counts.started as f64);
        }
        let name = "divbase_task_attempts_ended_total";
        page.family(
            name,
            Kind::Counter,
            "Attempts that ended, by task and outcome.",
        );
        for (task, counts) in &all {
            for (outcome, count) in &counts.ended {
                let labels = [("task", task.as_str()), ("outcome", outcome.as_str())];
                page.sample(name, &labels, *count as f64);
            }
        }
        let name = "divbase_task_run_seconds";
        page.family(name, Kind::Histogram, "How long attempts ran, by task.");
        for (task, counts) in &all {
            let bucket = format!("{name}_bucket");
            let mut below = 0;
            for (end, count) in BUCKETS.iter().zip(counts.buckets) {
                below += count;
                let labels = [("task", task.as_str()), ("le", &end.to_string())];
                page.sample(&bucket, &labels, below as f64);
            }
            let count: u64 = counts.ended.values().sum();
            let labels = [("task", task.as_str()), ("le", "+Inf")];
            page.sample(&bucket, &labels, count as f64);
            let labels = [("task", task.as_str())];
            page.sample(&format!("{name}_sum"), &labels, counts.seconds);
            page.sample(&format!("{name}_count"), &labels, count as f64);
        }
    }
}

impl Observer for TaskCounters {
    fn started(&self, task: &str) {
        self.change(task, |counts| counts.started += 1);
    }

    fn ended(&self, task: &str, outcome: Outcome, ran: Duration) {
        self.change(task, |counts| {
            *counts.ended.entry(outcome).or_default() += 1;
            counts.seconds += ran.as_secs_f64();
            let fits = BUCKETS.iter().position(|&end| ran.as_secs_f64() <= end);
            if let Some(bucket) = fits.and_then(|index| counts.buckets.get_mut(index)) {
                *bucket += 1;
            }
        });
    }
}
