//! Change a schedule, which includes enabling and disabling it.

use axum::{
    Json,
    extract::{Path, State},
};
use divbase_contract::{
    ErrorBody,
    operations::{Schedule, ScheduleChange},
};
use serde_json::json;

use super::{find, refused, rules::settle, view};
use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, JsonBody},
};

/// Changes what is given. The next run is counted anew from now.
#[utoipa::path(patch, path = "/schedules/{key}", tag = "schedules", params(("key" = String, Path)),
    request_body = ScheduleChange,
    responses((status = 200, body = Schedule), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(super) async fn handler(
    State(state): State<AppState>,
    _: Admin,
    Path(key): Path<String>,
    JsonBody(change): JsonBody<ScheduleChange>,
) -> Result<Json<Schedule>, ApiError> {
    let row = find(&state, &key).await?;
    let (cron, interval_seconds) = match (change.cron, change.interval_seconds) {
        (None, None) => (row.cron, row.interval_seconds),
        given => given,
    };
    let changed = settle(
        &state,
        divbase_db::Schedule {
            display_names: change
                .display_names
                .map_or(row.display_names, |names| json!(names)),
            kwargs: change.kwargs.unwrap_or(row.kwargs),
            cron,
            interval_seconds,
            time_zone: change.time_zone.unwrap_or(row.time_zone),
            enabled: change.enabled.unwrap_or(row.enabled),
            misfire_grace_seconds: change
                .misfire_grace_seconds
                .unwrap_or(row.misfire_grace_seconds),
            coalesce: change.coalesce.unwrap_or(row.coalesce),
            max_overlapping: change.max_overlapping.unwrap_or(row.max_overlapping),
            ..row
        },
    )?;
    state.db.change_schedule(&changed).await.map_err(refused)?;
    Ok(Json(view::schedule(find(&state, &key).await?)))
}
