//! What a program runs, from its start to its end.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use aws_config::SdkConfig;
use divbase_api::{ApiSettings, AppState, router};
use divbase_db::PoolSize;
use divbase_service::{
    StartError, Wiring, WiringSettings, metrics,
    serve::{self, Lanes},
};
use divbase_tasks::Queue;
use divbase_telemetry::{SettingsError, env};
use tokio::{net::TcpListener, task::JoinSet};

use crate::{ServerError, listen, migrate};

/// A part of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Migrations, and then all others.
    All,
    /// Answers requests.
    Api,
    /// Runs tasks.
    Worker,
    /// Makes what is due, and follows the buckets.
    Cron,
}

impl Part {
    /// Names it in logs, traces and task history.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "server",
            Self::Api => "api",
            Self::Worker => "worker",
            Self::Cron => "cron",
        }
    }

    fn runs(self, other: Self) -> bool {
        self == Self::All || self == other
    }
}

/// Runs until SIGTERM or SIGINT; then requests under way are answered and tasks handed back.
///
/// # Errors
/// If it cannot start, or a part ends by itself.
pub async fn run(part: Part) -> Result<(), ServerError> {
    let wiring = Arc::new(connect(part).await?);
    if part == Part::All {
        migrate(&wiring.db).await?;
    }
    metrics::from_env(&wiring).await?;
    serve::shutdown_on_signal(&wiring);
    let mut running = JoinSet::new();
    if part.runs(Part::Api) {
        start_api(&wiring, &mut running).await?;
    }
    if part.runs(Part::Worker) {
        let (wiring, lanes) = (Arc::clone(&wiring), lanes()?);
        running.spawn(async move {
            serve::serve(&wiring, &lanes).await;
        });
    }
    if part.runs(Part::Cron) {
        let wiring = Arc::clone(&wiring);
        running.spawn(async move {
            tokio::join!(serve::tick(&wiring), serve::compare(&wiring));
        });
    }
    println!("{} runs", part.name());
    let ended = end(&wiring, &mut running, grace()?).await;
    wiring.db.close().await;
    ended
}

/// Waits for the end of all parts, which comes in time after they are asked.
async fn end(
    wiring: &Wiring,
    running: &mut JoinSet<()>,
    grace: Duration,
) -> Result<(), ServerError> {
    let mut outcome = Ok(());
    tokio::select! {
        () = wiring.shutdown.cancelled() => {}
        _ = running.join_next() => {
            if !wiring.shutdown.is_cancelled() {
                outcome = Err(ServerError::PartFailed);
                wiring.shutdown.cancel();
            }
        }
    }
    let all = async {
        while let Some(ended) = running.join_next().await {
            if ended.is_err() {
                outcome = Err(ServerError::PartFailed);
            }
        }
    };
    if tokio::time::timeout(grace, all).await.is_err() {
        tracing::warn!("what is still under way is given up");
        running.abort_all();
    }
    outcome
}

async fn connect(part: Part) -> Result<Wiring, ServerError> {
    let settings = WiringSettings::from_env()?;
    let connections = env::parsed("DATABASE_CONNECTIONS", PoolSize::SERVER.0)?;
    if connections == 0 {
        return Err(invalid("DATABASE_CONNECTIONS", "it must be at least 1").into());
    }
    let sdk = sdk_config(&settings).await;
    let (name, pool) = (part.name(), PoolSize(connections));
    let wiring = Wiring::new(settings, &sdk, name, pool, divbase_service::registry());
    wiring.map_err(|error: StartError| error.into())
}

/// Region and keys of the store may lie in the file of settings, which the AWS libraries do not read.
async fn sdk_config(settings: &WiringSettings) -> SdkConfig {
    let keys = env::in_file("AWS_ACCESS_KEY_ID").zip(env::in_file("AWS_SECRET_ACCESS_KEY"));
    let region = env::optional("AWS_REGION").or_else(|| {
        // Stores that are not AWS take any.
        let has_endpoint = settings.storage.endpoint_url.is_some();
        has_endpoint.then(|| "us-east-1".to_owned())
    });
    divbase_aws::sdk_config_of(region, keys).await
}

async fn start_api(wiring: &Arc<Wiring>, running: &mut JoinSet<()>) -> Result<(), ServerError> {
    let address: SocketAddr = env::parsed("DIVBASE_LISTEN", ([127, 0, 0, 1], 8000).into())?;
    let patience = env::parsed("DIVBASE_HEADER_SECONDS", 30)?;
    let state = AppState::new(ApiSettings::from_env()?, wiring);
    let failed = |source| ServerError::Listen {
        address: address.to_string(),
        source,
    };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    state.on_start().await;
    let shutdown = wiring.shutdown.clone();
    let patience = Duration::from_secs(patience);
    running.spawn(listen::serve(listener, router(state), patience, shutdown));
    println!("listening on http://{bound}/api");
    Ok(())
}

/// How many tasks of each queue run at a time.
fn lanes() -> Result<Lanes, SettingsError> {
    const NAME: &str = "DIVBASE_WORKER_LANES";
    let Some(text) = env::optional(NAME) else {
        return Ok(Lanes::all());
    };
    let lane = |part: &str| {
        let (queue, count) = part.trim().split_once('=')?;
        let count: usize = count.parse().ok().filter(|n| (1..=1_000).contains(n))?;
        Some((Queue::parse(queue)?, count))
    };
    let lanes: Option<Vec<(Queue, usize)>> = text.split(',').map(lane).collect();
    lanes
        .map(Lanes)
        .ok_or_else(|| invalid(NAME, "use for example `quick=4,long=2,heavy=1`"))
}

fn grace() -> Result<Duration, SettingsError> {
    Ok(Duration::from_secs(env::parsed(
        "DIVBASE_SHUTDOWN_SECONDS",
        30,
    )?))
}

fn invalid(name: &'static str, reason: &str) -> SettingsError {
    SettingsError::Invalid {
        name,
        reason: reason.to_owned(),
    }
}
