//! How often and how long a task may run, and what follows a failure: data that a kind of task declares.

use std::time::Duration;

use divbase_db::tasks::ClaimedTask;

use crate::{Queue, backoff};

/// How much longer than its estimate a task may run that nothing else limits.
const HEAVY_FACTOR: u32 = 10;

/// How often and how long a task may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Attempts before it fails for good, whatever they ended with. Those whose worker was lost count; those that were handed back
    /// or snoozed do not.
    pub max_attempts: u16,
    /// After this the task is asked to stop.
    pub soft_limit: Duration,
    /// After this it is stopped.
    pub hard_limit: Duration,
    /// Failures after which another attempt follows, while there is one. What is not listed ends the task at once, and of two rules for
    /// the same failure the first holds.
    pub retry: &'static [Retry],
}

/// What follows one kind of failure: another attempt after a delay that doubles with each attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// The kind of failure.
    pub on: RetryOn,
    /// Attempts of the task after which this failure is final, if fewer than the policy's.
    pub max_attempts: u16,
    /// Wait after the first attempt; twice as long after each further one.
    pub first_delay: Duration,
    /// The longest wait.
    pub max_delay: Duration,
}

/// A kind of failure that a policy may have tried again. A user's mistake and arguments that cannot be read are none of them.
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

impl Retry {
    /// After two seconds, four, and so on up to five minutes, for as long as there are attempts.
    #[must_use]
    pub const fn on(on: RetryOn) -> Self {
        Self {
            on,
            max_attempts: u16::MAX,
            first_delay: Duration::from_secs(2),
            max_delay: Duration::from_secs(300),
        }
    }

    /// The same with delays of its own.
    #[must_use]
    pub const fn after(self, first_delay: Duration, max_delay: Duration) -> Self {
        Self {
            first_delay,
            max_delay,
            ..self
        }
    }

    /// The same with so many attempts at most.
    #[must_use]
    pub const fn attempts(self, max_attempts: u16) -> Self {
        Self {
            max_attempts,
            ..self
        }
    }

    /// "On any exception": whatever is not the user's mistake, each kind by the same rule.
    #[must_use]
    pub const fn any(like: Self) -> [Self; 4] {
        [
            like.but_on(RetryOn::Transient),
            like.but_on(RetryOn::Internal),
            like.but_on(RetryOn::Panic),
            like.but_on(RetryOn::TimeLimit),
        ]
    }

    const fn but_on(self, on: RetryOn) -> Self {
        Self { on, ..self }
    }
}

impl Policy {
    /// Five attempts, five and six minutes; another attempt follows where something outside did not answer.
    pub const DEFAULT: Self = Self {
        max_attempts: 5,
        soft_limit: Duration::from_secs(300),
        hard_limit: Duration::from_secs(360),
        // A fault of ours, a panic or too little time is the same next time: an operator is told at once.
        retry: &[Retry::on(RetryOn::Transient)],
    };

    /// Five attempts, 14 minutes and 40 seconds more to stop in: what fits into the 15 minutes of a function.
    pub const LONG: Self = Self {
        soft_limit: Duration::from_secs(840),
        hard_limit: Duration::from_secs(880),
        ..Self::DEFAULT
    };

    /// Retries on any exception, by the default rule.
    pub const ANY: &'static [Retry] = &Retry::any(Retry::on(RetryOn::Transient));

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

    /// How long to wait before the attempt that follows such a failure of this one; nothing if none follows.
    pub(crate) fn delay(&self, task: &ClaimedTask, on: RetryOn) -> Option<Duration> {
        let left = task.max_attempts.saturating_sub(task.attempt);
        let rule = self.retry.iter().find(|rule| rule.on == on)?;
        // Attempts that do not count have been added to what the task has.
        let made = i32::from(self.max_attempts).saturating_sub(left).max(1);
        let goes_on = left > 0 && made < i32::from(rule.max_attempts);
        goes_on.then(|| backoff::delay(rule, made))
    }
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
    fn without_a_word_a_task_has_what_the_guide_gives_it() {
        let seconds = Duration::from_secs;
        let Policy {
            max_attempts,
            soft_limit,
            hard_limit,
            retry,
        } = Policy::DEFAULT;
        assert_eq!((soft_limit, hard_limit), (seconds(300), seconds(360)));
        assert_eq!(max_attempts, 5);
        let kinds: Vec<RetryOn> = retry.iter().map(|rule| rule.on).collect();
        assert_eq!(kinds, [RetryOn::Transient]);
        assert_eq!(
            (retry[0].first_delay, retry[0].max_delay),
            (seconds(2), seconds(300))
        );
        let any: Vec<RetryOn> = Policy::ANY.iter().map(|rule| rule.on).collect();
        assert_eq!(
            any,
            [
                RetryOn::Transient,
                RetryOn::Internal,
                RetryOn::Panic,
                RetryOn::TimeLimit
            ]
        );
    }
}
