//! What attempts came to since the process began, for Prometheus.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use divbase_telemetry::prometheus::{Kind, Page};

use crate::{Observed, Observer, Outcome};

/// Upper ends of the buckets of times, seconds.
const BUCKETS: [f64; 10] = [0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0];

/// How long something took, each time.
#[derive(Clone, Debug, Default)]
struct Times {
    /// Those that fit no bucket are in the sum of all only.
    buckets: [u64; BUCKETS.len()],
    count: u64,
    seconds: f64,
}

impl Times {
    fn add(&mut self, time: Duration) {
        let seconds = time.as_secs_f64();
        self.count += 1;
        self.seconds += seconds;
        let fits = BUCKETS.iter().position(|&end| seconds <= end);
        if let Some(bucket) = fits.and_then(|index| self.buckets.get_mut(index)) {
            *bucket += 1;
        }
    }

    fn write(&self, page: &mut Page, name: &str, labels: &[(&str, &str)]) {
        let bucket = format!("{name}_bucket");
        let mut below = 0;
        for (end, count) in BUCKETS.iter().zip(self.buckets) {
            below += count;
            let end = end.to_string();
            page.sample(&bucket, &with(labels, "le", &end), below as f64);
        }
        page.sample(&bucket, &with(labels, "le", "+Inf"), self.count as f64);
        page.sample(&format!("{name}_sum"), labels, self.seconds);
        page.sample(&format!("{name}_count"), labels, self.count as f64);
    }
}

fn with<'a>(
    labels: &[(&'a str, &'a str)],
    name: &'a str,
    value: &'a str,
) -> Vec<(&'a str, &'a str)> {
    [labels, &[(name, value)]].concat()
}

#[derive(Clone, Debug, Default)]
struct Counts {
    started: u64,
    ended: BTreeMap<Outcome, u64>,
    ran: Times,
    waited: Times,
}

/// Counts by task and queue.
#[derive(Debug, Default)]
pub struct TaskCounters(Mutex<BTreeMap<(String, &'static str), Counts>>);

impl TaskCounters {
    fn change(&self, what: Observed<'_>, change: impl FnOnce(&mut Counts)) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(
            all.entry((what.task.to_owned(), what.queue.as_str()))
                .or_default(),
        );
    }

    /// Writes them to a page.
    pub fn write(&self, page: &mut Page) {
        let all = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let name = "divbase_task_attempts_started_total";
        page.family(
            name,
            Kind::Counter,
            "Attempts that began, by task and queue.",
        );
        for ((task, queue), counts) in &all {
            let labels = [("task", task.as_str()), ("queue", queue)];
            page.sample(name, &labels, counts.started as f64);
        }
        let name = "divbase_task_attempts_ended_total";
        page.family(
            name,
            Kind::Counter,
            "Attempts that ended, by task, queue and outcome.",
        );
        for ((task, queue), counts) in &all {
            for (outcome, count) in &counts.ended {
                let labels = [
                    ("task", task.as_str()),
                    ("queue", queue),
                    ("outcome", outcome.as_str()),
                ];
                page.sample(name, &labels, *count as f64);
            }
        }
        for (name, help, times) in [
            (
                "divbase_task_run_seconds",
                "How long attempts ran, by task and queue.",
                (|counts| &counts.ran) as fn(&Counts) -> &Times,
            ),
            (
                "divbase_task_wait_seconds",
                "From submission to the beginning of the first attempt, by task and queue.",
                |counts| &counts.waited,
            ),
        ] {
            page.family(name, Kind::Histogram, help);
            for ((task, queue), counts) in &all {
                let labels = [("task", task.as_str()), ("queue", queue)];
                times(counts).write(page, name, &labels);
            }
        }
    }
}

impl Observer for TaskCounters {
    fn started(&self, what: Observed<'_>, waited: Duration) {
        self.change(what, |counts| {
            counts.started += 1;
            if what.attempt == 1 {
                counts.waited.add(waited);
            }
        });
    }

    fn ended(&self, what: Observed<'_>, outcome: Outcome, ran: Duration) {
        self.change(what, |counts| {
            *counts.ended.entry(outcome).or_default() += 1;
            counts.ran.add(ran);
        });
    }
}
