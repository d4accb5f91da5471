//! A task as its history shows it.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use divbase_contract::{
    history::{Batch, Cancelled, Cost, Progress, TaskHistoryItem, Waiting, WaitsFor},
    tasks::{
        BCFTOOLS_QUERY, BcftoolsQueryKwargs, SAMPLE_METADATA_QUERY, SampleMetadataQueryKwargs,
        UPDATE_DIMENSIONS, UpdateDimensionsKwargs,
    },
};
use divbase_db::tasks::{HistoryRow, Place};
use divbase_service::Prices;
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
pub(crate) fn item(row: HistoryRow) -> TaskHistoryItem {
    let runtime = row
        .started_at
        .zip(row.finished_at)
        .map(|(started, finished)| {
            (finished - started).num_microseconds().unwrap_or(i64::MAX) as f64 / 1e6
        });
    let (prices, kind) = (Prices::current(), row.kind());
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
            requests: row.cost.requests.unsigned_abs(),
            gb_seconds: prices.gb_seconds(row.wall_seconds),
            dollars: prices.dollars(row.wall_seconds, row.cost.requests as f64),
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
        kind: Some(kind),
        waiting: None,
    }
}

/// What a task waits for, and when it will probably begin: those before it, shared among as many as run now, each for as long as such
/// tasks took lately.
pub(super) fn waiting(place: &Place, now: DateTime<Utc>) -> Waiting {
    let because = if place.paused {
        Some(WaitsFor::PausedQueue)
    } else if place.not_before_seconds > 0.0 {
        Some(WaitsFor::NextAttempt)
    } else if place.project_is_full {
        Some(WaitsFor::ProjectLimit)
    } else if place.user_is_full {
        Some(WaitsFor::UserLimit)
    } else {
        None
    };
    let is_full = place.project_is_full || place.user_is_full;
    let ends = place.before + i64::from(is_full);
    let seconds = place
        .mean_seconds
        .filter(|_| !place.paused)
        .map(|mean| mean * ends as f64 / place.running.max(1) as f64);
    let begins = seconds.map(|seconds| seconds.max(place.not_before_seconds) * 1000.0);
    let expected = begins.and_then(|millis| TimeDelta::try_milliseconds(millis as i64));
    Waiting {
        position: place.before + 1,
        expected_start: expected
            .and_then(|wait| now.checked_add_signed(wait))
            .map(text),
        because,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place {
            before: 6,
            running: 3,
            mean_seconds: Some(10.0),
            not_before_seconds: 0.0,
            paused: false,
            project_is_full: false,
            user_is_full: false,
        }
    }

    #[test]
    fn those_before_a_task_share_the_workers() {
        let now = DateTime::from_timestamp(1_767_323_045, 0).unwrap();
        let start = |place: Place| waiting(&place, now).expected_start;
        assert_eq!(waiting(&place(), now).position, 7);
        assert_eq!(start(place()).as_deref(), Some("2026-01-02T03:04:25Z"));
        let full = Place {
            project_is_full: true,
            before: 0,
            running: 1,
            ..place()
        };
        assert_eq!(start(full).as_deref(), Some("2026-01-02T03:04:15Z"));
        let later = Place {
            not_before_seconds: 60.0,
            ..place()
        };
        assert_eq!(waiting(&later, now).because, Some(WaitsFor::NextAttempt));
        assert_eq!(start(later).as_deref(), Some("2026-01-02T03:05:05Z"));
        for unknown in [
            Place {
                paused: true,
                ..place()
            },
            Place {
                mean_seconds: None,
                ..place()
            },
        ] {
            assert_eq!(start(unknown), None);
        }
    }
}
