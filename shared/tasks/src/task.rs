//! What a task is.

use std::{future::Future, time::Duration};

use serde::{Serialize, de::DeserializeOwned};
use utoipa::ToSchema;

use crate::{Context, Queue, TaskError};

/// A kind of task. One file implements it, one line registers it.
pub trait Task: Send + Sync + 'static {
    /// Dotted name, `tasks.<name>` or `cron_tasks.<name>`; never changed once tasks of it exist.
    const NAME: &'static str;
    /// Where its messages go.
    const QUEUE: Queue;
    /// Attempts and limits.
    const POLICY: Policy = Policy::DEFAULT;
    /// Whether an administrator may put it on a schedule.
    const SCHEDULABLE: bool = false;
    /// What it works with besides its arguments.
    type Services: Send + Sync + 'static;
    /// Keyword arguments, as stored.
    type Kwargs: Serialize + DeserializeOwned + ToSchema + Send + Sync + 'static;
    /// The result, as stored.
    type Output: Serialize + ToSchema + Send + 'static;

    /// Does the work. It may be run again after a crash at any point, and must look at `ctx.stop` where it can
    /// take long.
    fn run(
        ctx: Context<Self::Services>,
        kwargs: Self::Kwargs,
    ) -> impl Future<Output = Result<Self::Output, TaskError>> + Send;
}

/// How often and how long a task may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Attempts before it fails for good.
    pub max_attempts: u16,
    /// Wait before the second attempt; doubled for each further one.
    pub first_delay: Duration,
    /// The longest wait.
    pub max_delay: Duration,
    /// After this the task is asked to stop.
    pub soft_limit: Duration,
    /// After this it is stopped.
    pub hard_limit: Duration,
}

impl Policy {
    /// Five attempts, five and six minutes.
    pub const DEFAULT: Self = Self {
        max_attempts: 5,
        first_delay: Duration::from_secs(2),
        max_delay: Duration::from_secs(300),
        soft_limit: Duration::from_secs(300),
        hard_limit: Duration::from_secs(360),
    };

    /// Five attempts, 14 minutes and 40 seconds more to stop in: what fits into the 15 minutes of a function.
    pub const LONG: Self = Self {
        soft_limit: Duration::from_secs(840),
        hard_limit: Duration::from_secs(880),
        ..Self::DEFAULT
    };
}
