//! What EventBridge Scheduler calls.

use chrono::{DateTime, Utc};
use divbase_db::{DbError, Fired, MadeBy};
use divbase_tasks::{Ticker, ensure_built_in, fire};
use serde::{Deserialize, Serialize};

use crate::{Cron, built_in};

/// What a call asks for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "job", rename_all = "kebab-case")]
pub enum Job {
    /// `{"job": "rescue"}`, every minute: announces what was committed and never sent, ends or requeues what a dead
    /// worker left, and makes all scheduled runs that are due.
    Rescue,
    /// `{"job": "schedule", "key": "…", "scheduled_for": "<aws.scheduler.scheduled-time>"}`: makes the run that was
    /// due at that instant. Called twice with the same instant it makes one.
    Schedule {
        /// The schedule.
        key: String,
        /// The instant.
        scheduled_for: DateTime<Utc>,
    },
}

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// `completed`.
    pub status: &'static str,
    /// Tasks that were made.
    pub tasks: usize,
}

/// A call that should be repeated.
#[derive(Debug, thiserror::Error)]
pub enum CronError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Does what a call asks for.
///
/// # Errors
/// If it should be repeated.
pub async fn handle(cron: &Cron, job: Job) -> Result<Answer, CronError> {
    let relay = cron.runner.relay();
    let tasks = match job {
        Job::Rescue => {
            cron.runner.rescue().await;
            ensure_built_in(
                &cron.db,
                cron.runner.registry(),
                &built_in::schedules(),
                &cron.time_zone,
            )
            .await?;
            Ticker::new(cron.db.clone(), relay.clone())
                .tick(Utc::now())
                .await?
        }
        Job::Schedule { key, scheduled_for } => {
            let fired = fire(&cron.db, relay, &key, scheduled_for, MadeBy::Timer).await?;
            if fired == Fired::Unknown {
                tracing::warn!(
                    key,
                    "a call for a schedule that does not exist or is disabled"
                );
            }
            usize::from(matches!(fired, Fired::Made { .. }))
        }
    };
    Ok(Answer {
        status: "completed",
        tasks,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_read_as_the_deployment_writes_them() {
        let read = |text: &str| serde_json::from_str::<Job>(text).expect("a call");
        assert_eq!(read(r#"{"job": "rescue"}"#), Job::Rescue);
        assert!(matches!(
            read(r#"{"job": "schedule", "key": "a", "scheduled_for": "2026-11-21T04:00:00Z"}"#),
            Job::Schedule { key, .. } if key == "a"
        ));
    }
}
