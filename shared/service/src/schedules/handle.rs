//! What EventBridge Scheduler calls.

use chrono::{DateTime, Utc};
use divbase_db::DbError;
use divbase_tasks::{RelayError, Ticker, ensure_built_in};
use serde::{Deserialize, Deserializer, Serialize};

use super::{
    Cron, built_in, gauges,
    mirror::{Drift, OnDrift},
    operators::{self, Done},
};

/// What a call asks for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "job", rename_all = "kebab-case")]
pub enum Job {
    /// `{"job": "rescue"}`, every minute: announces what was committed and never sent, ends or requeues what a dead
    /// worker left, makes all scheduled runs that are due, mends the mirror, and tells CloudWatch what waits.
    Rescue,
    /// `{"job": "schedule", "key": "…", "scheduled_for": "<aws.scheduler.scheduled-time>"}`: makes the run that was
    /// due at that instant. Called twice with the same instant it makes one.
    Schedule {
        /// The schedule.
        key: String,
        /// The instant. Where it cannot be read, what is due now is made.
        #[serde(default, deserialize_with = "instant")]
        scheduled_for: Option<DateTime<Utc>>,
    },
    /// `{"job": "drift"}`, by hand: tells how the schedules in the cloud differ from the table, and changes nothing.
    Drift,
    /// `{"job": "redrive", "queues": ["long"]}`, by hand: runs the tasks of dead letters again; of all queues if it names none.
    Redrive {
        /// `quick`, `long`, `heavy`.
        #[serde(default)]
        queues: Vec<String>,
    },
    /// `{"job": "administrator", "email": "…"}`, by hand: makes an administrator of whoever has this address, or will have it, and
    /// answers with a token by which the password can be set once within a day.
    Administrator {
        /// The address.
        email: String,
    },
    /// `{"job": "facts"}`, by hand: how much is in the database and until when, such as after it was restored.
    Facts,
    /// `{"job": "skip-numbers", "by": 10000}`, by hand: leaves out the next numbers of tasks.
    SkipNumbers {
        /// How many.
        by: u32,
    },
}

/// An emulator may leave the placeholder where the instant should be.
fn instant<'de, D: Deserializer<'de>>(from: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    Ok(String::deserialize(from)?.parse().ok())
}

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// `completed`.
    pub status: &'static str,
    /// Tasks that were made.
    pub tasks: usize,
    /// How the schedules in the cloud differed from the table, if that was looked at.
    pub drift: Option<Drift>,
    /// What an operator's job did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done: Option<Done>,
}

/// A call that should be repeated.
#[derive(Debug, thiserror::Error)]
pub enum CronError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Database or queue failed while letters were read.
    #[error(transparent)]
    Redrive(#[from] RelayError),
    /// The call names something that there is not.
    #[error("{0}")]
    Refused(String),
}

/// Does what a call asks for.
///
/// # Errors
/// If it should be repeated.
pub async fn handle(cron: &Cron, job: Job) -> Result<Answer, CronError> {
    let ticker = Ticker::new(cron.db.clone(), cron.relay.clone());
    let (mut tasks, mut drift, mut done) = (0, None, None);
    match job {
        Job::Rescue => {
            cron.relay.rescue(&cron.timing).await;
            ensure_built_in(&cron.db, &built_in::schedules(), &cron.time_zone).await?;
            tasks = ticker.tick(Utc::now()).await?;
            drift = look_at_mirror(cron, OnDrift::Mend).await?;
            gauges::emit(&cron.db).await;
        }
        Job::Schedule { key, scheduled_for } => {
            match ticker.called(&key, scheduled_for, Utc::now()).await? {
                Some(made) => tasks = made,
                None => tracing::warn!(
                    key,
                    "a call for a schedule that does not exist or is disabled"
                ),
            }
        }
        Job::Drift => drift = look_at_mirror(cron, OnDrift::Report).await?,
        Job::Redrive { queues } => done = Some(operators::redrive(cron, &queues).await?),
        Job::Administrator { email } => {
            done = Some(operators::administrator(&cron.db, &email).await?);
        }
        Job::Facts => done = Some(operators::facts(&cron.db).await?),
        Job::SkipNumbers { by } => done = Some(operators::skip_numbers(&cron.db, by).await?),
    }
    Ok(Answer {
        status: "completed",
        tasks,
        drift,
        done,
    })
}

/// A mirror that fails is no reason to call again: the next minute does.
async fn look_at_mirror(cron: &Cron, on_drift: OnDrift) -> Result<Option<Drift>, CronError> {
    let Some(mirror) = &cron.mirror else {
        return Ok(None);
    };
    let schedules = cron.db.schedules(None).await?;
    match mirror.reconcile(&schedules, on_drift).await {
        Ok(drift) => {
            if !drift.is_none() {
                tracing::warn!(?drift, ?on_drift, "the schedules in the cloud differed");
            }
            Ok(Some(drift))
        }
        Err(error) => {
            tracing::error!(%error, "the schedules in the cloud could not be compared");
            Ok(None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_read_as_the_deployment_writes_them() {
        let read = |text: &str| serde_json::from_str::<Job>(text).expect("a call");
        assert_eq!(read(r#"{"job": "rescue"}"#), Job::Rescue);
        assert_eq!(
            read(r#"{"job": "redrive"}"#),
            Job::Redrive { queues: vec![] }
        );
        assert_eq!(
            read(r#"{"job": "skip-numbers", "by": 10000}"#),
            Job::SkipNumbers { by: 10_000 }
        );
        assert!(matches!(
            read(r#"{"job": "schedule", "key": "a", "scheduled_for": "2026-11-21T04:00:00Z"}"#),
            Job::Schedule { key, scheduled_for: Some(_) } if key == "a"
        ));
        assert!(matches!(
            read(
                r#"{"job": "schedule", "key": "a", "scheduled_for": "<aws.scheduler.scheduled-time>"}"#
            ),
            Job::Schedule {
                scheduled_for: None,
                ..
            }
        ));
    }
}
