//! Once a minute, what waits, as metrics for CloudWatch.

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
    match db.outbox_lag_seconds().await {
        Ok(lag) => emf::emit(&[], &[("OutboxLag", Unit::Seconds, lag)]),
        Err(error) => tracing::warn!(%error, "the outbox could not be measured"),
    }
}
