//! What a schedule must be, beyond its types.

use chrono::Utc;
use divbase_db::Schedule;
use divbase_tasks::Recurrence;

use crate::{AppState, error::ApiError};

/// Checks rule, task and arguments, and notes when it is due next.
///
/// # Errors
/// 422 naming the field.
pub(super) fn settle(state: &AppState, mut schedule: Schedule) -> Result<Schedule, ApiError> {
    let invalid = |text: String| ApiError::validation(vec![format!("body: Value error, {text}")]);
    let rule = Recurrence::parse(
        schedule.cron.as_deref(),
        schedule.interval_seconds,
        &schedule.time_zone,
    )
    .map_err(|error| invalid(error.to_string()))?;
    let registry = state.runner.registry();
    let Some((queue, policy)) = registry.kind(&schedule.task_name) else {
        let names: Vec<&str> = registry.names().collect();
        return Err(invalid(format!(
            "`task_name`: there is no task `{}`; there are {}",
            schedule.task_name,
            names.join(", ")
        )));
    };
    registry
        .check(&schedule.task_name, &schedule.kwargs)
        .map_err(|error| invalid(format!("`kwargs`: {error}")))?;
    schedule.queue = queue.as_str().to_owned();
    schedule.max_attempts = i32::from(policy.max_attempts);
    schedule.next_run_at = rule.next_after(Utc::now());
    if schedule.next_run_at.is_none() {
        return Err(invalid("`cron`: no such time ever comes".to_owned()));
    }
    Ok(schedule)
}
