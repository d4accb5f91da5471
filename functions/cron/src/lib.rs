//! The cron function: jobs that EventBridge Scheduler starts. One file a job below [`jobs`].

pub mod jobs;

use divbase_worker::Wiring;
use serde::Deserialize;

/// What a schedule sends: `{"job": "rescue"}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "job", rename_all = "kebab-case")]
pub enum Job {
    /// Announces what was committed and never sent, and ends or requeues what a dead worker left.
    Rescue,
}

/// Runs a job to its end.
pub async fn run(wiring: &Wiring, job: Job) {
    match job {
        Job::Rescue => jobs::rescue::run(wiring).await,
    }
}
