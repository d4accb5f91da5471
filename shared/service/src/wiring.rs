//! From the environment to a set of connected parts, the same in every process.

use std::{sync::Arc, time::Duration};

use aws_config::SdkConfig;
use divbase_db::{Db, DbError, PoolSize};
use divbase_storage::{StorageSettings, Store};
use divbase_tasks::{QueueSettings, Queues, Registry, Runner, SqsQueue};
use divbase_telemetry::{SettingsError, env};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{Services, TaskSettings, events::Follower, mail::Mailer};

/// The parts.
pub struct Wiring {
    /// The database.
    pub db: Db,
    /// The object store.
    pub store: Store,
    /// The queues.
    pub queues: Arc<dyn Queues>,
    /// Runs tasks.
    pub runner: Arc<Runner<Services>>,
    /// Follows object events.
    pub follower: Follower,
    /// Who letters are from, if mail is sent.
    pub letters_from: Option<String>,
    pub(crate) event_queue: Option<SqsQueue>,
    pub(crate) compare_every: Option<Duration>,
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

/// What connects a process to its surroundings.
#[derive(Clone, Debug)]
pub struct WiringSettings {
    /// `DATABASE_URL`.
    pub database_url: String,
    /// The queues.
    pub queues: QueueSettings,
    /// The object store.
    pub storage: StorageSettings,
    /// What tasks need.
    pub tasks: TaskSettings,
    /// `DIVBASE_EVENTS_QUEUE_URL`: where buckets tell of their changes, for a process that reads it by itself. A
    /// function is called with the messages and needs none.
    pub events_queue_url: Option<String>,
    /// `DIVBASE_COMPARE_SECONDS`: how often buckets that tell nothing of their changes are compared with the index, where a process
    /// is asked to do so ([`crate::serve::compare`]); never if it is 0.
    pub compare_every: Option<Duration>,
}

impl WiringSettings {
    /// Reads the environment.
    ///
    /// # Errors
    /// If a setting is missing or wrong.
    pub fn from_env() -> Result<Self, SettingsError> {
        Ok(Self {
            database_url: env::required("DATABASE_URL")?,
            queues: QueueSettings::from_env()?,
            storage: StorageSettings::from_env()?,
            tasks: TaskSettings::from_env()?,
            events_queue_url: env::optional("DIVBASE_EVENTS_QUEUE_URL"),
            compare_every: match env::parsed::<u32>("DIVBASE_COMPARE_SECONDS", 0)? {
                0 => None,
                seconds => Some(Duration::from_secs(u64::from(seconds))),
            },
        })
    }
}

impl Wiring {
    /// Reads the environment and prepares all clients; nothing is connected yet. `kind` names this kind of process
    /// in task history; `tasks` are those that it knows or runs.
    ///
    /// # Errors
    /// If a setting is missing or wrong.
    pub async fn from_env(
        kind: &str,
        pool: PoolSize,
        tasks: Registry<Services>,
    ) -> Result<Self, StartError> {
        let settings = WiringSettings::from_env()?;
        let sdk = divbase_aws::sdk_config().await;
        Self::new(settings, &sdk, kind, pool, tasks)
    }

    /// Prepares all clients; nothing is connected yet.
    ///
    /// # Errors
    /// If the database URL is none.
    pub fn new(
        settings: WiringSettings,
        sdk: &SdkConfig,
        kind: &str,
        pool: PoolSize,
        tasks: Registry<Services>,
    ) -> Result<Self, StartError> {
        let db = Db::connect(&settings.database_url, pool)?;
        let store = Store::new(sdk, &settings.storage);
        let timing = settings.queues.timing();
        let queues = settings.queues.transport.connect(sdk, &db);
        let shutdown = CancellationToken::new();
        let letters_from = settings.tasks.mail.as_ref().map(Mailer::sender);
        let services = Services::new(db.clone(), store.clone(), settings.tasks);
        let runner = Arc::new(Runner::new(
            db.clone(),
            tasks,
            Arc::new(services),
            Arc::clone(&queues) as Arc<_>,
            format!("{kind}-{}", Uuid::new_v4().simple()),
            timing,
            shutdown.clone(),
        ));
        Ok(Self {
            follower: Follower::new(db.clone(), store.clone(), Arc::clone(&queues) as Arc<_>),
            store,
            compare_every: settings.compare_every,
            event_queue: settings.events_queue_url.map(|url| SqsQueue::new(sdk, url)),
            db,
            queues,
            letters_from,
            runner,
            shutdown,
        })
    }
}
