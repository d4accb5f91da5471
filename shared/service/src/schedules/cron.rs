//! From the environment to connected parts, for the cron function and the operators' commands.

use std::sync::Arc;

use divbase_db::{Db, DbError, PoolSize};
use divbase_storage::{StorageSettings, Store};
use divbase_tasks::{QueueSettings, Registry, Runner, SqsQueues, Timing};
use divbase_telemetry::{SettingsError, env};
use tokio_util::sync::CancellationToken;

use crate::{
    CronServices, built_in,
    mirror::{Mirror, MirrorSettings},
};

/// The parts.
pub struct Cron {
    /// The database.
    pub db: Db,
    /// The queues.
    pub queues: Arc<SqsQueues>,
    /// Rescues and relays; it is given no message to run.
    pub runner: Runner<CronServices>,
    /// Time zone of built-in schedules.
    pub time_zone: String,
    /// The copy of the schedules in EventBridge Scheduler, if there is to be one.
    pub mirror: Option<Mirror>,
}

/// A process that cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is missing or wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// `DATABASE_URL` is no Postgres URL.
    #[error("DATABASE_URL: {0}")]
    Database(#[from] DbError),
}

impl Cron {
    /// Reads `DATABASE_URL`, the variables of queues, store and mirror, and `DIVBASE_TIME_ZONE`. Nothing is connected yet.
    ///
    /// # Errors
    /// If a setting is missing or wrong.
    pub async fn from_env() -> Result<Self, StartError> {
        let sdk = divbase_aws::sdk_config().await;
        let db = Db::connect(&env::required("DATABASE_URL")?, PoolSize::LAMBDA)?;
        let settings = QueueSettings::from_env()?;
        let timing = Timing::with_lease(settings.lease);
        let queues = Arc::new(SqsQueues::new(&sdk, settings));
        let services = CronServices {
            db: db.clone(),
            store: Store::new(&sdk, &StorageSettings::from_env()?),
        };
        let runner = Runner::new(
            db.clone(),
            built_in::register(Registry::default()),
            Arc::new(services),
            Arc::clone(&queues) as Arc<_>,
            "cron".to_owned(),
            timing,
            CancellationToken::new(),
        );
        let mirror = MirrorSettings::from_env()?.map(|settings| Mirror::new(&sdk, settings));
        Ok(Self {
            mirror,
            db,
            queues,
            runner,
            time_zone: env::optional("DIVBASE_TIME_ZONE")
                .unwrap_or_else(|| built_in::TIME_ZONE.to_owned()),
        })
    }
}
