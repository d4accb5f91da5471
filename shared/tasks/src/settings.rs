//! Settings of the queues and of their workers.

use std::time::Duration;

use divbase_telemetry::{SettingsError, env};

use crate::{Queue, Stragglers, Timing};

/// Where the queues are, and how long a worker may be silent.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueSettings {
    /// `QUEUE_QUICK_URL`.
    pub quick_url: String,
    /// `QUEUE_LONG_URL`.
    pub long_url: String,
    /// `QUEUE_HEAVY_URL`.
    pub heavy_url: String,
    /// `QUEUE_QUICK_DEAD_URL`.
    pub quick_dead_url: String,
    /// `QUEUE_LONG_DEAD_URL`.
    pub long_dead_url: String,
    /// `QUEUE_HEAVY_DEAD_URL`.
    pub heavy_dead_url: String,
    /// `TASK_LEASE_SECONDS`, default 30: a worker that has not renewed for so long is taken for dead.
    pub lease: Duration,
    /// `TASK_STRAGGLER_FACTOR`, default 4, and `TASK_STRAGGLER_SECONDS`, default 60: a part of a batch that runs for longer than so many
    /// times the median of its siblings, and than so many seconds, gets a second attempt beside the first. With a factor of 0 none does.
    pub stragglers: Stragglers,
}

impl QueueSettings {
    /// Reads the environment.
    ///
    /// # Errors
    /// If a URL is missing or the lease is not a number of seconds from 2.
    pub fn from_env() -> Result<Self, SettingsError> {
        let lease: u32 = env::parsed("TASK_LEASE_SECONDS", 30)?;
        if lease < 2 {
            return Err(SettingsError::Invalid {
                name: "TASK_LEASE_SECONDS",
                reason: "it must be at least 2".to_owned(),
            });
        }
        Ok(Self {
            quick_url: env::required("QUEUE_QUICK_URL")?,
            long_url: env::required("QUEUE_LONG_URL")?,
            heavy_url: env::required("QUEUE_HEAVY_URL")?,
            quick_dead_url: env::required("QUEUE_QUICK_DEAD_URL")?,
            long_dead_url: env::required("QUEUE_LONG_DEAD_URL")?,
            heavy_dead_url: env::required("QUEUE_HEAVY_DEAD_URL")?,
            lease: Duration::from_secs(u64::from(lease)),
            stragglers: stragglers()?,
        })
    }

    /// The clocks that go with these settings.
    #[must_use]
    pub const fn timing(&self) -> Timing {
        Timing {
            stragglers: self.stragglers,
            ..Timing::with_lease(self.lease)
        }
    }

    pub(crate) fn url(&self, queue: Queue) -> &str {
        match queue {
            Queue::Quick => &self.quick_url,
            Queue::Long => &self.long_url,
            Queue::Heavy => &self.heavy_url,
        }
    }

    pub(crate) fn dead_url(&self, queue: Queue) -> &str {
        match queue {
            Queue::Quick => &self.quick_dead_url,
            Queue::Long => &self.long_dead_url,
            Queue::Heavy => &self.heavy_dead_url,
        }
    }
}

fn stragglers() -> Result<Stragglers, SettingsError> {
    const NAME: &str = "TASK_STRAGGLER_FACTOR";
    let factor: f64 = env::parsed(NAME, Timing::STRAGGLERS.factor)?;
    let seconds: u32 = env::parsed("TASK_STRAGGLER_SECONDS", 60)?;
    if factor == 0.0 {
        return Ok(Stragglers::NEVER);
    }
    if !(1.0..=1000.0).contains(&factor) {
        return Err(SettingsError::Invalid {
            name: NAME,
            reason: "it must be 0, or from 1 to 1000".to_owned(),
        });
    }
    Ok(Stragglers {
        factor,
        least: Duration::from_secs(u64::from(seconds)),
    })
}
