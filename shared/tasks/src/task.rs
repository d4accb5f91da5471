//! What a task is.

use std::future::Future;

use serde::{Serialize, de::DeserializeOwned};
use utoipa::ToSchema;

use crate::{Context, Policy, Queue, TaskError};

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

#[cfg(test)]
mod tests {
    use super::*;

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
