//! From the environment to a set of connected parts, the same in every process.

use std::sync::Arc;

use divbase_db::{Db, DbError, PoolSize};
use divbase_storage::{StorageSettings, Store};
use divbase_tasks::{QueueSettings, Runner, SqsQueues};
use divbase_telemetry::{SettingsError, env};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{Services, WorkerSettings, engine::Bcftools, registry};

/// The parts.
pub struct Wiring {
    /// The database.
    pub db: Db,
    /// The object store.
    pub store: Store,
    /// The queues.
    pub queues: Arc<SqsQueues>,
    /// Runs tasks.
    pub runner: Arc<Runner<Services>>,
    /// Cancelled when the process should hand back its work and end.
    pub shutdown: CancellationToken,
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

impl Wiring {
    /// Reads the environment and prepares all clients; nothing is connected yet. `kind` names this kind of process
    /// in task history.
    ///
    /// # Errors
    /// If a setting is missing or wrong.
    pub async fn from_env(kind: &str, pool: PoolSize) -> Result<Self, StartError> {
        let db = Db::connect(&env::required("DATABASE_URL")?, pool)?;
        let queue_settings = QueueSettings::from_env()?;
        let storage_settings = StorageSettings::from_env()?;
        let settings = WorkerSettings::from_env()?;
        let sdk = divbase_aws::sdk_config().await;
        let store = Store::new(&sdk, &storage_settings);
        let lease = queue_settings.lease;
        let queues = Arc::new(SqsQueues::new(&sdk, queue_settings));
        let shutdown = CancellationToken::new();
        let services = Services {
            db: db.clone(),
            store: store.clone(),
            engine: Arc::new(Bcftools::new(settings.bcftools.clone())),
            settings,
        };
        let runner = Arc::new(Runner::new(
            db.clone(),
            registry(),
            Arc::new(services),
            Arc::clone(&queues) as Arc<_>,
            format!("{kind}-{}", Uuid::new_v4().simple()),
            lease,
            shutdown.clone(),
        ));
        Ok(Self {
            db,
            store,
            queues,
            runner,
            shutdown,
        })
    }
}
