//! Rows as clients see them.

use divbase_contract::{
    history::TaskStatus,
    operations::{Schedule, ScheduleExecution},
};
use divbase_db as db;
use serde_json::Value;

pub(super) fn schedule(row: db::Schedule) -> Schedule {
    let kind = if row.cron.is_some() {
        "cron"
    } else {
        "interval"
    };
    Schedule {
        key: row.key,
        // Written by the same type.
        display_names: serde_json::from_value(row.display_names).unwrap_or_default(),
        task_name: row.task_name,
        kwargs: row.kwargs,
        kind: kind.to_owned(),
        cron: row.cron,
        interval_seconds: row.interval_seconds,
        time_zone: row.time_zone,
        enabled: row.enabled,
        active: row.enabled,
        misfire_grace_seconds: row.misfire_grace_seconds,
        coalesce: row.coalesce,
        max_overlapping: row.max_overlapping,
        built_in: row.built_in,
        next_run_at: row.next_run_at.filter(|_| row.enabled),
    }
}

fn text(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or_default()
}

pub(super) fn execution(row: db::Execution) -> ScheduleExecution {
    let status = match row.status {
        None => "skipped",
        Some(TaskStatus::Pending) => "pending",
        Some(TaskStatus::Started | TaskStatus::Retry) => "running",
        Some(TaskStatus::Success) => "success",
        Some(TaskStatus::Failure) => "failed",
        Some(TaskStatus::Revoked) => "cancelled",
    };
    let failed = row.status == Some(TaskStatus::Failure);
    let error = row.result.as_ref().filter(|_| failed).map(|result| {
        format!(
            "{}: {}",
            text(result.get("exc_type")),
            text(result.get("exc_message").and_then(|lines| lines.get(0)))
        )
    });
    ScheduleExecution {
        id: row.id,
        execution_id: row.uuid.to_string(),
        status: status.to_owned(),
        scheduled_at: row.scheduled_for,
        made_by: row.made_by,
        task_id: row.task_id,
        started_at: row.started_at,
        completed_at: row.completed_at,
        duration_ms: row
            .started_at
            .zip(row.completed_at)
            .map(|(from, to)| (to - from).num_milliseconds()),
        error: error.or(row.skipped_because),
        result_summary: row.result.filter(|_| !failed),
    }
}
