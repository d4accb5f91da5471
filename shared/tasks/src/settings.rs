//! Settings of the queues and of their workers.

use std::{sync::Arc, time::Duration};

use aws_config::SdkConfig;
use divbase_db::Db;
use divbase_telemetry::{SettingsError, env};

use crate::{PostgresQueues, Queue, Queues, SqsQueues, Stragglers, Timing};

/// Which queues, and how long a worker may be silent.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueSettings {
    /// `QUEUE_TRANSPORT`: `sqs`, the default, or `postgres`.
    pub transport: Transport,
    /// `TASK_LEASE_SECONDS`, default 30: a worker that has not renewed for so long is taken for dead.
    pub lease: Duration,
    /// `TASK_STRAGGLER_FACTOR`, default 4, and `TASK_STRAGGLER_SECONDS`, default 60: a part of a batch that runs for longer than so many
    /// times the median of its siblings, and than so many seconds, gets a second attempt beside the first. With a factor of 0 none does.
    pub stragglers: Stragglers,
}

/// What carries messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transport {
    /// Amazon SQS, or what speaks its protocol.
    Sqs(QueueUrls),
    /// The database that the tasks are in.
    Postgres,
}

impl Transport {
    /// The queues; nothing is sent yet.
    #[must_use]
    pub fn connect(&self, sdk: &SdkConfig, db: &Db) -> Arc<dyn Queues> {
        match self {
            Self::Sqs(urls) => Arc::new(SqsQueues::new(sdk, urls.clone())),
            Self::Postgres => Arc::new(PostgresQueues::new(db.clone())),
        }
    }

    fn from_env() -> Result<Self, SettingsError> {
        const NAME: &str = "QUEUE_TRANSPORT";
        match env::optional(NAME).as_deref() {
            None | Some("sqs") => Ok(Self::Sqs(QueueUrls::from_env()?)),
            Some("postgres") => Ok(Self::Postgres),
            Some(_) => Err(SettingsError::Invalid {
                name: NAME,
                reason: "use `sqs` or `postgres`".to_owned(),
            }),
        }
    }
}

/// Where the queues of SQS are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueUrls {
    /// `QUEUE_QUICK_URL`.
    pub quick: String,
    /// `QUEUE_LONG_URL`.
    pub long: String,
    /// `QUEUE_HEAVY_URL`.
    pub heavy: String,
    /// `QUEUE_QUICK_DEAD_URL`.
    pub quick_dead: String,
    /// `QUEUE_LONG_DEAD_URL`.
    pub long_dead: String,
    /// `QUEUE_HEAVY_DEAD_URL`.
    pub heavy_dead: String,
}

impl QueueUrls {
    fn from_env() -> Result<Self, SettingsError> {
        Ok(Self {
            quick: env::required("QUEUE_QUICK_URL")?,
            long: env::required("QUEUE_LONG_URL")?,
            heavy: env::required("QUEUE_HEAVY_URL")?,
            quick_dead: env::required("QUEUE_QUICK_DEAD_URL")?,
            long_dead: env::required("QUEUE_LONG_DEAD_URL")?,
            heavy_dead: env::required("QUEUE_HEAVY_DEAD_URL")?,
        })
    }

    pub(crate) fn of(&self, queue: Queue) -> &str {
        match queue {
            Queue::Quick => &self.quick,
            Queue::Long => &self.long,
            Queue::Heavy => &self.heavy,
        }
    }

    pub(crate) fn dead(&self, queue: Queue) -> &str {
        match queue {
            Queue::Quick => &self.quick_dead,
            Queue::Long => &self.long_dead,
            Queue::Heavy => &self.heavy_dead,
        }
    }
}

impl QueueSettings {
    /// Reads the environment.
    ///
    /// # Errors
    /// If a transport is unknown, one of its URLs is missing, or the lease is not a number of seconds from 2.
    pub fn from_env() -> Result<Self, SettingsError> {
        let lease: u32 = env::parsed("TASK_LEASE_SECONDS", 30)?;
        if lease < 2 {
            return Err(SettingsError::Invalid {
                name: "TASK_LEASE_SECONDS",
                reason: "it must be at least 2".to_owned(),
            });
        }
        Ok(Self {
            transport: Transport::from_env()?,
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
