//! Once a minute, what waits: as metrics for CloudWatch, and noted for the administrators' pictures.

use divbase_db::Db;
use divbase_telemetry::emf::{self, Unit};

/// Writes `Waiting`, `Running` and `OldestAge` of each queue, and `OutboxLag`. Nobody fails because of it.
pub(crate) async fn emit(db: &Db) {
    match db.queue_gauges().await {
        Ok(queues) => {
            for queue in queues {
                emf::emit(
                    &[("Queue", &queue.queue)],
                    &[
                        ("Waiting", Unit::Count, queue.waiting as f64),
                        ("Running", Unit::Count, queue.running as f64),
                        ("OldestAge", Unit::Seconds, queue.oldest_seconds),
                    ],
                );
            }
        }
        Err(error) => tracing::warn!(%error, "the queues could not be measured"),
    }
    note(db).await;
    match db.outbox_lag_seconds().await {
        Ok(lag) => emf::emit(&[], &[("OutboxLag", Unit::Seconds, lag)]),
        Err(error) => tracing::warn!(%error, "the outbox could not be measured"),
    }
}

/// Notes it for the pages. Nobody fails because of it.
pub(crate) async fn note(db: &Db) {
    if let Err(error) = db.note_queues().await {
        tracing::warn!(%error, "what waits could not be noted");
    }
}
