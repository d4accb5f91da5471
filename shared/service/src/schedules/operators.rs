//! Jobs that an operator has done where nobody but functions reaches database and queues: `aws lambda invoke` of the cron function.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use divbase_auth::{Secret, secret::RESET_PREFIX};
use divbase_db::{Db, Origin};
use divbase_tasks::{Queue, Redrive, Sender};
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
    Facts {
        /// The newest migration.
        schema: Option<i64>,
        /// Accounts.
        accounts: i64,
        /// Projects.
        projects: i64,
        /// Tasks.
        tasks: i64,
        /// Those that have not ended.
        unfinished_tasks: i64,
        /// When the newest was submitted.
        newest_task: Option<DateTime<Utc>>,
        /// The number that comes next.
        next_task: i64,
    },
    /// The number that the next task gets.
    NextTask(i64),
}

/// What became of a queue's dead letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RedrivenQueue {
    /// The queue.
    pub queue: &'static str,
    /// Failed tasks that run again under a new number.
    pub retried: usize,
    /// Unfinished tasks that were announced again.
    pub announced: usize,
    /// Letters that needed nothing and were thrown away.
    pub settled: usize,
    /// Letters that were left.
    pub left: usize,
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
        let of_queue = redrive.run(queue, WAIT).await?;
        done.push(RedrivenQueue {
            queue: queue.as_str(),
            retried: of_queue.retried,
            announced: of_queue.announced,
            settled: of_queue.settled,
            left: of_queue.left,
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
    let facts = db.facts().await?;
    Ok(Done::Facts {
        schema: facts.schema,
        accounts: facts.accounts,
        projects: facts.projects,
        tasks: facts.tasks,
        unfinished_tasks: facts.unfinished_tasks,
        newest_task: facts.newest_task,
        next_task: facts.next_task,
    })
}

/// Leaves out numbers of tasks.
pub(super) async fn skip_numbers(db: &Db, by: u32) -> Result<Done, CronError> {
    Ok(Done::NextTask(db.skip_task_numbers(by).await?))
}
