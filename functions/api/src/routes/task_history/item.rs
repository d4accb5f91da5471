//! A task as its history shows it.

use chrono::{DateTime, Utc};
use divbase_contract::history::{Cancelled, Cost, Progress, TaskHistoryItem};
use divbase_db::tasks::HistoryRow;

/// Stands where the stock client wants a text, for a task that object events led to.
const AUTOMATIC: &str = "automatic";

fn text(instant: DateTime<Utc>) -> String {
    instant.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// Times in the texts that clients sort and show; runtime in seconds.
pub(super) fn item(row: HistoryRow) -> TaskHistoryItem {
    let runtime = row
        .started_at
        .zip(row.finished_at)
        .map(|(started, finished)| {
            (finished - started).num_microseconds().unwrap_or(i64::MAX) as f64 / 1e6
        });
    TaskHistoryItem {
        id: row.id,
        submitter_email: row
            .submitter_email
            .or_else(|| row.project_id.map(|_| AUTOMATIC.to_owned())),
        status: row.status,
        name: row.name,
        kwargs: row.kwargs,
        args: "[]".to_owned(),
        result: row.result,
        worker: row.worker,
        created_at: Some(text(row.created_at)),
        started_at: row.started_at.map(text),
        completed_at: row.finished_at.map(text),
        date_done: row
            .finished_at
            .map(|at| at.format("%Y-%m-%dT%H:%M:%S%.6f").to_string()),
        runtime,
        attempts: row.attempt,
        queue: Some(row.queue),
        cost: Some(Cost {
            bytes_read: row.cost.bytes_read.unsigned_abs(),
            bytes_written: row.cost.bytes_written.unsigned_abs(),
            cpu_seconds: row.cost.cpu_seconds,
            wall_seconds: row.wall_seconds,
        }),
        progress: row.progress_phase.map(|phase| Progress {
            phase,
            fraction: row.progress_fraction,
        }),
        cancelled: row.cancel_requested_at.map(|at| Cancelled {
            by: row.cancel_requested_by,
            at: text(at),
        }),
        retry_of: row.retry_of,
    }
}
