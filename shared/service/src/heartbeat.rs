//! A long-lived worker says that it lives, so that administrators see which there are.

use std::time::Duration;

use divbase_db::Db;
use divbase_tasks::Queue;
use tokio_util::sync::CancellationToken;

/// How often.
const EVERY: Duration = Duration::from_secs(10);
/// After so much silence a worker is taken off the list.
const SILENT: Duration = Duration::from_secs(60);

/// Says so until shutdown, and then that it has ended.
pub(crate) async fn run(db: Db, worker: String, queues: Vec<Queue>, shutdown: CancellationToken) {
    // The name begins with the kind of process.
    let kind = worker.rsplit_once('-').map_or("worker", |(kind, _)| kind);
    let queues: Vec<String> = queues.iter().map(ToString::to_string).collect();
    loop {
        let lives = db.worker_lives(&worker, kind, env!("CARGO_PKG_VERSION"), &queues);
        let forgotten = match lives.await {
            Ok(()) => db.forget_silent_workers(SILENT.as_secs_f64()).await,
            Err(error) => Err(error),
        };
        match forgotten {
            Ok(0) => {}
            Ok(count) => tracing::warn!(
                count,
                "workers that had gone silent were taken off the list"
            ),
            Err(error) => tracing::warn!(%error, "the heartbeat could not be written"),
        }
        tokio::select! {
            () = shutdown.cancelled() => break,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
    if let Err(error) = db.worker_ended(&worker).await {
        tracing::warn!(%error, "the worker stays on the list until it is taken for dead");
    }
}
