//! The parts of the cron function and of the operators' commands.

use std::sync::Arc;

use divbase_db::{Db, PoolSize};
use divbase_tasks::{QueueSettings, Queues, Relay, Timing};
use divbase_telemetry::env;

use super::{
    built_in,
    mirror::{Mirror, MirrorSettings},
};
use crate::StartError;

/// The parts.
pub struct Cron {
    /// The database.
    pub db: Db,
    /// The queues.
    pub queues: Arc<dyn Queues>,
    /// Sends what waits in the outbox, and rescues.
    pub relay: Relay,
    /// How long a worker may be silent.
    pub timing: Timing,
    /// Time zone of built-in schedules.
    pub time_zone: String,
    /// The copy of the schedules in EventBridge Scheduler, if there is to be one.
    pub mirror: Option<Mirror>,
}

impl Cron {
    /// Reads `DATABASE_URL`, the variables of queues and mirror, and `DIVBASE_TIME_ZONE`. Nothing is connected yet.
    ///
    /// # Errors
    /// If a setting is missing or wrong.
    pub async fn from_env() -> Result<Self, StartError> {
        let sdk = divbase_aws::sdk_config().await;
        let db = Db::connect(&env::required("DATABASE_URL")?, PoolSize::LAMBDA)?;
        let settings = QueueSettings::from_env()?;
        let timing = settings.timing();
        let queues = settings.transport.connect(&sdk, &db);
        Ok(Self {
            relay: Relay::new(db.clone(), Arc::clone(&queues) as Arc<_>),
            mirror: MirrorSettings::from_env()?.map(|settings| Mirror::new(&sdk, settings)),
            time_zone: built_in::time_zone(),
            db,
            queues,
            timing,
        })
    }
}
