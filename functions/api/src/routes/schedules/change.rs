//! Change a schedule, which includes enabling and disabling it.

use axum::{Json, extract::State};
use divbase_contract::{
    ErrorBody,
    operations::{GraceSeconds, Overlapping, Schedule, ScheduleChange},
};
use serde_json::{Value, json};

use super::{Key, find, rules::settle, view};
use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, JsonBody, Path},
};

/// Changes what is given. The next run is counted anew from now.
#[utoipa::path(patch, path = "/schedules/{key}", tag = "schedules", params(("key" = inline(divbase_contract::field::ScheduleKey), Path)),
    request_body = ScheduleChange,
    responses((status = 200, body = Schedule), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(super) async fn handler(
    State(state): State<AppState>,
    _: Admin,
    Path(Key { key }): Path<Key>,
    JsonBody(change): JsonBody<ScheduleChange>,
) -> Result<Json<Schedule>, ApiError> {
    let row = find(&state, &key).await?;
    let (cron, interval_seconds) = match (change.cron, change.interval_seconds) {
        (None, None) => (row.cron, row.interval_seconds),
        (cron, seconds) => (cron.map(String::from), seconds.map(i64::from)),
    };
    let changed = settle(
        &state,
        divbase_db::Schedule {
            display_names: change
                .display_names
                .map_or(row.display_names, |names| json!(names)),
            kwargs: change.kwargs.map_or(row.kwargs, Value::from),
            cron,
            interval_seconds,
            time_zone: change.time_zone.map_or(row.time_zone, String::from),
            enabled: change.enabled.unwrap_or(row.enabled),
            misfire_grace_seconds: change
                .misfire_grace_seconds
                .map_or(row.misfire_grace_seconds, GraceSeconds::get_i32),
            coalesce: change.coalesce.unwrap_or(row.coalesce),
            max_overlapping: change
                .max_overlapping
                .map_or(row.max_overlapping, Overlapping::get_i32),
            ..row
        },
    )?;
    state.db.change_schedule(&changed).await?;
    Ok(Json(view::schedule(find(&state, &key).await?)))
}
