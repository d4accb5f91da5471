//! What a schedule must be, beyond its types.

use chrono::Utc;
use divbase_contract::operations::{Interval, IntervalSeconds};
use divbase_db::Schedule;
use divbase_tasks::Recurrence;
use serde_json::Value;

use crate::{AppState, error::ApiError};

fn invalid(text: String) -> ApiError {
    ApiError::validation(vec![format!("body: Value error, {text}")])
}

/// A task on a project works with that project's bucket, under that project's name.
async fn same_project(state: &AppState, kwargs: &Value) -> Result<(), ApiError> {
    let Some(project_id) = kwargs.get("project_id").and_then(Value::as_i64) else {
        return Ok(());
    };
    let Some(place) = state.db.project_place(project_id).await? else {
        return Err(invalid(format!(
            "`kwargs.project_id`: there is no project {project_id}"
        )));
    };
    for (field, wanted) in [
        ("bucket_name", &place.bucket_name),
        ("project_name", &place.project_name),
    ] {
        match kwargs.get(field).and_then(Value::as_str) {
            Some(given) if given != wanted => {
                return Err(invalid(format!(
                    "`kwargs.{field}`: that of the project {project_id} is '{wanted}'"
                )));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Checks rule, task and arguments, and notes when it is due next.
///
/// # Errors
/// 422 naming the field.
pub(super) async fn settle(state: &AppState, mut schedule: Schedule) -> Result<Schedule, ApiError> {
    let rule = Recurrence::of(&schedule).map_err(|error| invalid(error.to_string()))?;
    let registry = state.runner.registry();
    let Some((queue, policy)) = registry.scheduled(&schedule.task_name) else {
        let names: Vec<&str> = registry.schedulable().collect();
        return Err(invalid(format!(
            "`task_name`: there is no task `{}` that can be scheduled; there are {}",
            schedule.task_name,
            names.join(", ")
        )));
    };
    registry
        .check(&schedule.task_name, &schedule.kwargs)
        .map_err(|error| invalid(format!("`kwargs`: {error}")))?;
    same_project(state, &schedule.kwargs).await?;
    schedule.queue = queue.as_str().to_owned();
    schedule.max_attempts = i32::from(policy.max_attempts);
    schedule.next_run_at = rule.next_after(Utc::now());
    if schedule.next_run_at.is_none() {
        return Err(invalid("`cron`: no such time ever comes".to_owned()));
    }
    Ok(schedule)
}

/// Seconds between two runs, which may be given in either way.
///
/// # Errors
/// 422 if both are given, or a year is exceeded.
pub(super) fn interval(
    seconds: Option<IntervalSeconds>,
    interval: Option<Interval>,
) -> Result<Option<i64>, ApiError> {
    match (seconds, interval) {
        (Some(_), Some(_)) => Err(invalid(
            "give one of `interval_seconds` and `interval`".to_owned(),
        )),
        (Some(seconds), None) => Ok(Some(seconds.get())),
        (None, Some(interval)) => match IntervalSeconds::try_from(interval.seconds()) {
            Ok(seconds) => Ok(Some(seconds.get())),
            Err(_) => Err(invalid("`interval`: use at most a year".to_owned())),
        },
        (None, None) => Ok(None),
    }
}
