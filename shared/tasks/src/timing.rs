//! The clocks of the task system in one place, so that a test can run all of them fast.

use std::time::Duration;

use divbase_db::tasks::Stragglers;

/// How often things are looked at, and how long is waited for what.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timing {
    /// A worker that has not renewed for so long is taken for dead.
    pub lease: Duration,
    /// How often a running task's lease is renewed and its progress written down.
    pub tick: Duration,
    /// How long a task may take to stop after it was cancelled, or told to hand back.
    pub grace: Duration,
    /// How long a task may take to stop after its soft limit.
    pub soft_grace: Duration,
    /// A waiting task that has had no message for so long gets another.
    pub silent: Duration,
    /// How often a long-poll worker does a round of rescue and relay.
    pub rescue_every: Duration,
    /// When a part of a batch gets a second attempt beside the first.
    pub stragglers: Stragglers,
}

impl Timing {
    /// Four times the median of the others, and a minute.
    pub const STRAGGLERS: Stragglers = Stragglers {
        factor: 4.0,
        least: Duration::from_secs(60),
    };

    /// The usual ones around a lease.
    #[must_use]
    pub const fn with_lease(lease: Duration) -> Self {
        Self {
            lease,
            tick: Duration::from_secs(1),
            grace: Duration::from_secs(5),
            soft_grace: Duration::from_secs(60),
            silent: Duration::from_secs(900),
            rescue_every: Duration::from_secs(5),
            stragglers: Self::STRAGGLERS,
        }
    }
}
