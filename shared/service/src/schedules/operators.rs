//! Jobs that an operator has done where nobody but functions reaches database and queues: `aws lambda invoke` of the cron function.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use divbase_auth::{Secret, secret::RESET_PREFIX};
use divbase_db::{Db, Facts, Origin};
use divbase_tasks::{Queue, Redrive, Redriven, Sender};
use serde::Serialize;

use super::{Cron, handle::CronError};

/// How long is waited for another letter.
const WAIT: Duration = Duration::from_secs(2);
/// For how long an administrator's token sets the password.
const LIFE: chrono::Duration = chrono::Duration::hours(24);

/// What a job did. Whoever may call the function may read it, and it is not logged.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Done {
    /// Dead letters that were dealt with, by queue.
    Redriven(Vec<RedrivenQueue>),
    /// The account, and how its password is set.
    Administrator {
        /// Its number.
        user_id: i64,
        /// For `divbase-cli auth reset-password`.
        token: String,
        /// Until then.
        expires_at: DateTime<Utc>,
    },
    /// What is in the database.
    Facts(Facts),
    /// The number that the next task gets.
    NextTask(i64),
}

/// What became of a queue's dead letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RedrivenQueue {
    /// The queue.
    pub queue: &'static str,
    /// What became of its letters.
    #[serde(flatten)]
    pub done: Redriven,
}

/// Runs the tasks of the dead letters of these queues again, or of all.
pub(super) async fn redrive(cron: &Cron, names: &[String]) -> Result<Done, CronError> {
    let queues: Vec<Queue> = match names {
        [] => Queue::ALL.to_vec(),
        names => names
            .iter()
            .map(|name| {
                let refused = || format!("`{name}` is not a queue; use quick, long or heavy");
                Queue::parse(name).ok_or_else(|| CronError::Refused(refused()))
            })
            .collect::<Result<_, _>>()?,
    };
    let sender: Arc<dyn Sender> = Arc::clone(&cron.queues) as _;
    let redrive = Redrive::new(cron.db.clone(), Arc::clone(&cron.queues), sender);
    let mut done = Vec::with_capacity(queues.len());
    for queue in queues {
        done.push(RedrivenQueue {
            queue: queue.as_str(),
            done: redrive.run(queue, WAIT).await?,
        });
    }
    Ok(Done::Redriven(done))
}

/// Makes an administrator, and a token by which the password is set.
pub(super) async fn administrator(db: &Db, email: &str) -> Result<Done, CronError> {
    let refused = |why: &str| CronError::Refused(format!("{email}: {why}"));
    if !email.contains('@') || email.chars().count() > 50 {
        return Err(refused("this is no address"));
    }
    let user_id = db.ensure_administrator(email).await?;
    let user_id = user_id.ok_or_else(|| refused("the account was deleted or is not active"))?;
    let (token, expires_at) = (Secret::generate(RESET_PREFIX), Utc::now() + LIFE);
    db.allow_password_reset(user_id, &token.digest(), expires_at, &Origin::service())
        .await?;
    tracing::info!(user_id, "made an administrator");
    Ok(Done::Administrator {
        user_id,
        token: token.expose().to_owned(),
        expires_at,
    })
}

/// What is in the database.
pub(super) async fn facts(db: &Db) -> Result<Done, CronError> {
    Ok(Done::Facts(db.facts().await?))
}

/// Leaves out numbers of tasks.
pub(super) async fn skip_numbers(db: &Db, by: u32) -> Result<Done, CronError> {
    Ok(Done::NextTask(db.skip_task_numbers(by).await?))
}
