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
    /// Before whom its tasks go.
    const PRIORITY: Priority = Priority::by_name(Self::NAME);
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

/// Who goes first where tasks of several kinds wait in one queue. What has waited for ten minutes goes before all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(i16)]
pub enum Priority {
    /// Somebody waits for it.
    Interactive = 0,
    /// It brings an index up to date.
    Indexing = 1,
    /// Nobody waits for it.
    Housekeeping = 2,
}

impl Priority {
    /// Periodic tasks, `cron_tasks.<name>`, are housekeeping; others are interactive.
    #[must_use]
    pub const fn by_name(name: &str) -> Self {
        let (name, prefix) = (name.as_bytes(), b"cron_tasks.");
        let mut index = 0;
        while index < prefix.len() {
            if index >= name.len() || name[index] != prefix[index] {
                return Self::Interactive;
            }
            index += 1;
        }
        Self::Housekeeping
    }
}

/// How much longer than its estimate a task may run that nothing else limits.
const HEAVY_FACTOR: u32 = 10;

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
    /// Failures after which another attempt follows, while there is one.
    pub retry_on: &'static [RetryOn],
}

/// A kind of failure that a policy may have tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryOn {
    /// Something outside may work next time.
    Transient,
    /// A fault of the service that the task told of.
    Internal,
    /// The task panicked.
    Panic,
    /// It took longer than it may.
    TimeLimit,
}

impl RetryOn {
    /// Whatever is not the user's mistake: "on any exception".
    pub const ANY: &'static [Self] = &[
        Self::Transient,
        Self::Internal,
        Self::Panic,
        Self::TimeLimit,
    ];
}

impl Policy {
    /// Five attempts, five and six minutes.
    pub const DEFAULT: Self = Self {
        max_attempts: 5,
        first_delay: Duration::from_secs(2),
        max_delay: Duration::from_secs(300),
        soft_limit: Duration::from_secs(300),
        hard_limit: Duration::from_secs(360),
        // A fault of ours, a panic or too little time is the same next time: an operator is told at once.
        retry_on: &[RetryOn::Transient],
    };

    /// Whether what is limited so can run to its limits on this queue. One that could not is not registered: it does not compile.
    #[must_use]
    pub const fn fits(&self, queue: Queue) -> bool {
        let ordered = self.soft_limit.as_millis() <= self.hard_limit.as_millis();
        match queue.longest() {
            Some(longest) => ordered && self.hard_limit.as_millis() <= longest.as_millis(),
            None => ordered,
        }
    }

    /// Soft and hard limit of a task where it runs. Nothing limits the queue `heavy`: there a task has ten times its estimate, if that
    /// is more.
    pub(crate) fn limits(&self, queue: Queue, estimate: Option<Duration>) -> (Duration, Duration) {
        let grace = self.hard_limit.saturating_sub(self.soft_limit);
        let soft = match (queue.longest(), estimate) {
            (None, Some(estimate)) => self.soft_limit.max(estimate.saturating_mul(HEAVY_FACTOR)),
            _ => self.soft_limit,
        };
        (soft, soft.saturating_add(grace))
    }

    /// Five attempts, 14 minutes and 40 seconds more to stop in: what fits into the 15 minutes of a function.
    pub const LONG: Self = Self {
        soft_limit: Duration::from_secs(840),
        hard_limit: Duration::from_secs(880),
        ..Self::DEFAULT
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_those_of_the_place() {
        let seconds = Duration::from_secs;
        let fits = |policy: Policy, queue: Queue| policy.fits(queue);
        assert!(fits(Policy::DEFAULT, Queue::Quick) && fits(Policy::LONG, Queue::Long));
        assert!(
            !fits(Policy::LONG, Queue::Quick),
            "a quick function ends before"
        );
        let longer = Policy {
            hard_limit: seconds(881),
            ..Policy::LONG
        };
        assert!(!fits(longer, Queue::Long) && fits(longer, Queue::Heavy));
        let hour = Some(seconds(3600));
        assert_eq!(
            Policy::LONG.limits(Queue::Long, hour),
            (seconds(840), seconds(880))
        );
        assert_eq!(
            Policy::LONG.limits(Queue::Heavy, hour),
            (seconds(36_000), seconds(36_040))
        );
        assert_eq!(
            Policy::LONG.limits(Queue::Heavy, None),
            (seconds(840), seconds(880))
        );
    }

    #[test]
    fn periodic_tasks_go_last() {
        assert_eq!(
            Priority::by_name("cron_tasks.cleanup"),
            Priority::Housekeeping
        );
        assert_eq!(Priority::by_name("cron_task"), Priority::Interactive);
        assert_eq!(
            Priority::by_name("tasks.cron_tasks."),
            Priority::Interactive
        );
    }
}
