//! What a program that runs for long tells those who watch it: `/health` (it is alive), `/ready` (database, queue and store
//! answer; 503 if not) and `/metrics` for Prometheus. It tells nothing of users, but is meant for the inside of a
//! network all the same.

use std::{net::SocketAddr, sync::Arc};

use axum::{Json, Router, extract::State, http::StatusCode, http::header, routing::get};
use divbase_contract::core::{Health, Readiness};
use divbase_db::{
    Db,
    tasks::{QueueGauge, TaskGauge},
};
use divbase_storage::Store;
use divbase_tasks::{Queues, TaskCounters};
use divbase_telemetry::{
    SettingsError, env,
    prometheus::{CONTENT_TYPE, Kind, Page},
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::Wiring;

/// What it asks.
#[derive(Clone)]
pub struct Endpoint {
    /// The database.
    pub db: Db,
    /// The queues.
    pub queues: Arc<dyn Queues>,
    /// The object store.
    pub store: Store,
    /// Told by the runner.
    pub counters: Arc<TaskCounters>,
}

/// Answers until shutdown.
pub async fn serve(listener: TcpListener, endpoint: Endpoint, shutdown: CancellationToken) {
    let routes = Router::new()
        .route("/health", get(health))
        .route("/ready", get(ready))
        .route("/metrics", get(metrics))
        .with_state(endpoint);
    let serving = axum::serve(listener, routes.into_make_service())
        .with_graceful_shutdown(shutdown.cancelled_owned());
    if let Err(error) = serving.await {
        tracing::error!(%error, "nobody can watch this worker any more");
    }
}

/// Has questions answered where `METRICS_ADDRESS` says (`127.0.0.1:9464`, for example) until shutdown; without it, there is no such place.
///
/// # Errors
/// If that is no address, or one that cannot be used.
pub async fn from_env(wiring: &Wiring) -> Result<(), SettingsError> {
    const NAME: &str = "METRICS_ADDRESS";
    let Some(text) = env::optional(NAME) else {
        return Ok(());
    };
    let refused = |reason: String| SettingsError::Invalid { name: NAME, reason };
    let address: SocketAddr = text
        .parse()
        .map_err(|_| refused("give an address and a port, such as 127.0.0.1:9464".to_owned()))?;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| refused(error.to_string()))?;
    if let Ok(address) = listener.local_addr() {
        tracing::info!(%address, "health and metrics are answered");
    }
    let counters = Arc::new(TaskCounters::default());
    wiring.runner.observed_by(Arc::clone(&counters) as Arc<_>);
    let endpoint = Endpoint {
        db: wiring.db.clone(),
        queues: Arc::clone(&wiring.queues),
        store: wiring.store.clone(),
        counters,
    };
    tokio::spawn(serve(listener, endpoint, wiring.shutdown.clone()));
    Ok(())
}

async fn health() -> Json<Health> {
    Json(Health {
        status: "ok".to_owned(),
    })
}

async fn ready(State(endpoint): State<Endpoint>) -> (StatusCode, Json<Readiness>) {
    let (database, queue, store) = tokio::join!(
        endpoint.db.ping(),
        endpoint.queues.ping(),
        endpoint.store.ping()
    );
    let readiness = Readiness::of(database.is_ok(), queue.is_ok(), store.is_ok());
    let code = if readiness.is_ready() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (code, Json(readiness))
}

/// What the process counts is always told; what the database knows, if it answers.
async fn metrics(
    State(endpoint): State<Endpoint>,
) -> ([(header::HeaderName, &'static str); 1], String) {
    let mut page = Page::default();
    endpoint.counters.write(&mut page);
    let (queues, tasks, lag) = tokio::join!(
        endpoint.db.queue_gauges(),
        endpoint.db.task_gauges(),
        endpoint.db.outbox_lag_seconds()
    );
    page.family(
        "divbase_database_up",
        Kind::Gauge,
        "Whether the database answers.",
    );
    let up = queues.is_ok() && tasks.is_ok() && lag.is_ok();
    page.sample("divbase_database_up", &[], f64::from(u8::from(up)));
    if let (Ok(queues), Ok(tasks), Ok(lag)) = (queues, tasks, lag) {
        write_gauges(&mut page, &queues, &tasks, lag);
    }
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], page.into_text())
}

/// A family of one number of each queue.
type OfQueue = (&'static str, &'static str, fn(&QueueGauge) -> f64);
/// A family of one number of each kind of task.
type OfTask = (&'static str, &'static str, fn(&TaskGauge) -> f64);

const OF_QUEUES: [OfQueue; 3] = [
    (
        "divbase_queue_waiting",
        "Tasks that could run now, by queue.",
        |queue| queue.waiting as f64,
    ),
    (
        "divbase_queue_oldest_seconds",
        "How long the oldest of them has waited, by queue.",
        |queue| queue.oldest_seconds,
    ),
    (
        "divbase_queue_running",
        "Tasks that run, by queue.",
        |queue| queue.running as f64,
    ),
];

const OF_TASKS: [OfTask; 3] = [
    (
        "divbase_task_waiting",
        "Tasks that could run now, by task and queue.",
        |task| task.waiting as f64,
    ),
    (
        "divbase_task_oldest_seconds",
        "How long the oldest of them has waited, by task and queue.",
        |task| task.oldest_seconds,
    ),
    (
        "divbase_task_running",
        "Tasks that run, by task and queue.",
        |task| task.running as f64,
    ),
];

fn write_gauges(page: &mut Page, queues: &[QueueGauge], tasks: &[TaskGauge], lag: f64) {
    for (name, help, value) in OF_QUEUES {
        page.family(name, Kind::Gauge, help);
        for queue in queues {
            page.sample(name, &[("queue", &queue.queue)], value(queue));
        }
    }
    for (name, help, value) in OF_TASKS {
        page.family(name, Kind::Gauge, help);
        for task in tasks {
            let labels = [("task", task.name.as_str()), ("queue", &task.queue)];
            page.sample(name, &labels, value(task));
        }
    }
    let name = "divbase_outbox_lag_seconds";
    page.family(
        name,
        Kind::Gauge,
        "Age of the oldest message that should have been sent.",
    );
    page.sample(name, &[], lag);
}
