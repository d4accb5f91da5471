//! A task as its history shows it.

use chrono::{DateTime, SecondsFormat, Utc};
use divbase_contract::{
    history::{Batch, Cancelled, Cost, Progress, TaskHistoryItem},
    tasks::{
        BCFTOOLS_QUERY, BcftoolsQueryKwargs, SAMPLE_METADATA_QUERY, SampleMetadataQueryKwargs,
        UPDATE_DIMENSIONS, UpdateDimensionsKwargs,
    },
};
use divbase_db::tasks::HistoryRow;
use serde::Deserialize;
use serde_json::Value;

/// Stands where the stock client wants a text, for a task that nobody submitted.
const AUTOMATIC: &str = "automatic";

/// RFC 3339 to the second, as the stock client's parser takes it.
fn text(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The arguments, if they are whole: the stock client refuses a whole list for one item whose arguments are of another
/// shape than its name says, and takes `null`.
fn kwargs(name: &str, kwargs: Value) -> Value {
    let is_whole = match name {
        BCFTOOLS_QUERY => BcftoolsQueryKwargs::deserialize(&kwargs).is_ok(),
        SAMPLE_METADATA_QUERY => SampleMetadataQueryKwargs::deserialize(&kwargs).is_ok(),
        UPDATE_DIMENSIONS => UpdateDimensionsKwargs::deserialize(&kwargs).is_ok(),
        // Of ours alone: the stock client knows no such task, and meets it only where one was submitted.
        _ => kwargs.as_object().is_some_and(|object| !object.is_empty()),
    };
    if is_whole { kwargs } else { Value::Null }
}

/// Times in the texts that clients parse; runtime in seconds.
pub(super) fn item(row: HistoryRow) -> TaskHistoryItem {
    let runtime = row
        .started_at
        .zip(row.finished_at)
        .map(|(started, finished)| {
            (finished - started).num_microseconds().unwrap_or(i64::MAX) as f64 / 1e6
        });
    TaskHistoryItem {
        id: row.id,
        submitter_email: Some(row.submitter_email.unwrap_or_else(|| AUTOMATIC.to_owned())),
        status: row.status,
        kwargs: kwargs(&row.name, row.kwargs),
        name: row.name,
        args: "[]".to_owned(),
        result: row.result,
        worker: row.worker,
        created_at: Some(text(row.created_at)),
        started_at: row.started_at.map(text),
        completed_at: row.finished_at.map(text),
        date_done: row.finished_at.map(text),
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
        batch_of: row.batch_of,
        batch: row.batch.map(|batch| Batch {
            parts: batch.children,
            unfinished: batch.unfinished,
            failed: batch.failed,
        }),
    }
}
