//! API, worker and cron in one process.

use std::{
    net::SocketAddr, num::NonZeroU32, path::PathBuf, str::FromStr, sync::Arc, time::Duration,
};

use aws_config::SdkConfig;
use divbase_api::{
    ApiSettings, AppState, CliVersion, OperatorPages, PASSWORD_HASHES, ProjectCreation,
    ProjectRules, Registration, UploadTypes, UrlLifetimes, WaitingLimits, latest_cli_version,
    router,
};
use divbase_auth::TokenKeys;
use divbase_db::PoolSize;
use divbase_server::serve_http;
use divbase_service::{
    Aim, SampleGroupSettings, TaskSettings, Wiring, WiringSettings,
    mail::Mailer,
    serve::{Lanes, serve, tick},
};
use divbase_sso::{Provider, SingleSignOn};
use divbase_storage::StorageSettings;
use divbase_tasks::{QueueSettings, Timing, Transport};
use divbase_telemetry::Environment;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{AnyError, queues};

/// What a system of its own needs.
#[derive(Clone, Debug)]
pub struct SystemSettings {
    /// Its database; migrated at start.
    pub database_url: String,
    /// The store, and as users reach it; without an address the AWS of the SDK's settings.
    pub store: StorageSettings,
    /// Keeps its queues apart from others'.
    pub queue_prefix: String,
    /// bcftools.
    pub bcftools: PathBuf,
    /// Where running tasks keep files.
    pub work_dir: PathBuf,
    /// Whether anybody runs tasks that take longer than a function may.
    pub heavy_workers: bool,
    /// How large the windows of queries are.
    pub windows: Aim,
    /// The most compressed bytes that a query may read.
    pub largest_query: Option<u64>,
    /// Which files get sample groups.
    pub sample_groups: SampleGroupSettings,
    /// Who may register.
    pub registration: Registration,
    /// Who may make projects.
    pub project_creation: ProjectCreation,
    /// How much a project may have, and how long a deletion can be taken back.
    pub project_rules: ProjectRules,
    /// Where people can sign in besides.
    pub providers: Vec<Provider>,
    /// The address that people have of the API; that at which it listens, if there is none.
    pub public_api_url: Option<String>,
    /// What sends mail, if anything does.
    pub mail: Option<Mailer>,
    /// How long a client may take for the head of a request, and for its body.
    pub patience: Duration,
    /// How long a worker may be silent.
    pub lease: Duration,
    /// Signs tokens.
    pub jwt_secret: String,
    /// Lifetime of access tokens, seconds.
    pub access_seconds: i64,
    /// The administrator that is made at start.
    pub admin: (String, String),
    /// Where the API listens; port 0 for a free one.
    pub listen: SocketAddr,
    /// Which parts run.
    pub parts: Parts,
    /// When files are indexed.
    pub indexing: Indexing,
    /// How many tasks may wait.
    pub waiting: WaitingLimits,
    /// How often a caller may ask; no limit if there is none.
    pub requests_per_second: Option<NonZeroU32>,
    /// Which types of files it takes.
    pub upload_types: UploadTypes,
    /// Where the operator's own pages are.
    pub operator_pages: OperatorPages,
    /// How long signed URLs open.
    pub urls: UrlLifetimes,
}

/// Which parts of the system a process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parts {
    /// API and worker.
    All,
    /// The API only.
    Api,
    /// The worker only.
    Worker,
}

/// When files are indexed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Indexing {
    /// After every change, by the buckets' events.
    Automatic,
    /// When somebody asks for it.
    OnRequest,
}

impl FromStr for Indexing {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "automatic" => Ok(Self::Automatic),
            "on-request" => Ok(Self::OnRequest),
            _ => Err("use `automatic` or `on-request`".to_owned()),
        }
    }
}

/// A running system. Dropping it stops the API at once; [`System::stop`] lets it end in order.
pub struct System {
    /// `http://127.0.0.1:<port>/api`, if the API runs.
    pub api_url: Option<String>,
    /// Where the API listens, if it runs.
    pub address: Option<SocketAddr>,
    /// What the API's handlers share, if it runs.
    pub api: Option<AppState>,
    /// Its parts.
    pub wiring: Arc<Wiring>,
    running: Vec<JoinHandle<()>>,
}

impl System {
    /// Migrates the database, makes the queues and starts the parts.
    ///
    /// # Errors
    /// If database or emulator do not answer, or the port is taken.
    pub async fn start(settings: SystemSettings, sdk: &SdkConfig) -> Result<Self, AnyError> {
        std::fs::create_dir_all(&settings.work_dir)?;
        let urls = queues::ensure(sdk, &settings.queue_prefix).await?;
        let (events_queue_url, events_queue_arn) = match settings.indexing {
            Indexing::Automatic => {
                let (url, arn) = queues::ensure_events(sdk, &settings.queue_prefix).await?;
                (Some(url), Some(arn))
            }
            Indexing::OnRequest => (None, None),
        };
        let wiring_settings = WiringSettings {
            database_url: settings.database_url.clone(),
            queues: QueueSettings {
                transport: Transport::Sqs(urls),
                lease: settings.lease,
                stragglers: Timing::STRAGGLERS,
            },
            storage: StorageSettings {
                events_queue_arn,
                ..settings.store.clone()
            },
            tasks: TaskSettings {
                bcftools: settings.bcftools.clone(),
                work_dir: settings.work_dir.clone(),
                has_bcftools: divbase_service::engine::is_installed(&settings.bcftools),
                heavy_workers: settings.heavy_workers,
                windows: settings.windows,
                compose_bytes: divbase_service::compose_bytes_from_env()?,
                index_piece: divbase_service::index_piece_from_env()?,
                largest_query: settings.largest_query,
                sample_groups: settings.sample_groups,
                mail: settings.mail.clone(),
            },
            events_queue_url,
            compare_every: None,
        };
        let wiring = Arc::new(Wiring::new(
            wiring_settings,
            sdk,
            "local",
            PoolSize::SERVER,
            divbase_service::registry(),
        )?);
        wiring.db.migrate().await?;
        let mut running = Vec::new();
        let (mut address, mut api) = (None, None);
        if settings.parts != Parts::Worker {
            let (bound, state, serving) = start_api(&settings, &wiring).await?;
            (address, api) = (Some(bound), Some(state));
            running.push(serving);
        }
        if settings.parts != Parts::Api {
            let worker = Arc::clone(&wiring);
            running.push(tokio::spawn(async move {
                serve(&worker, &Lanes::all()).await;
            }));
            let ticker = Arc::clone(&wiring);
            running.push(tokio::spawn(async move { tick(&ticker).await }));
        }
        let api_url = address.map(|address| format!("http://{address}/api"));
        Ok(Self {
            api_url,
            address,
            api,
            wiring,
            running,
        })
    }

    /// Stops: requests under way are answered, tasks handed back.
    pub async fn stop(self) {
        self.wiring.shutdown.cancel();
        for part in self.running {
            // A part that panicked has said so in the log.
            let _ = part.await;
        }
        self.wiring.db.close().await;
    }
}

async fn start_api(
    settings: &SystemSettings,
    wiring: &Arc<Wiring>,
) -> Result<(SocketAddr, AppState, JoinHandle<()>), AnyError> {
    let listener = TcpListener::bind(settings.listen).await?;
    let address = listener.local_addr()?;
    let api_url = settings.public_api_url.clone();
    let api_url = api_url.unwrap_or_else(|| format!("http://{address}/api"));
    let api = ApiSettings {
        environment: Environment::LocalDev,
        tokens: TokenKeys::new(
            settings.jwt_secret.as_bytes(),
            settings.access_seconds,
            604_800,
        ),
        minimum_cli_version: CliVersion([0, 1, 0]),
        latest_cli_version: latest_cli_version()?,
        first_admin: Some(settings.admin.clone()),
        bucket_prefix: bucket_prefix(&settings.queue_prefix).parse()?,
        password_hashes: PASSWORD_HASHES,
        requests_per_second: settings.requests_per_second,
        waiting: settings.waiting,
        upload_types: settings.upload_types.clone(),
        operator_pages: Arc::new(settings.operator_pages.clone()),
        urls: settings.urls,
        body_patience: settings.patience,
        registration: settings.registration.clone(),
        project_creation: settings.project_creation,
        project_rules: settings.project_rules,
        sso: SingleSignOn::new(settings.providers.clone(), &api_url)?,
        public_api_url: Some(api_url),
    };
    let state = AppState::new(api, wiring);
    state.on_start().await;
    let shutdown = wiring.shutdown.clone();
    let (app, patience) = (router(state.clone()), settings.patience);
    let running = tokio::spawn(serve_http(listener, app, patience, shutdown));
    Ok((address, state, running))
}

/// Keeps the buckets of one system apart from others' as its queues are. Names of queues may be longer than a bucket's
/// prefix and have characters that it may not; the end of a name is what tells names apart.
fn bucket_prefix(queue_prefix: &str) -> String {
    const LONGEST: usize = 29;
    let plain: String = queue_prefix
        .chars()
        .filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '-')
        .collect();
    let end = &plain[plain.len().saturating_sub(LONGEST)..];
    format!("{}-", end.trim_matches('-'))
}
