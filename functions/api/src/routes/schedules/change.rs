//! Change a schedule, which includes enabling and disabling it.

use axum::Json;
use divbase_contract::{
    json::Kwargs,
    operations::{GraceSeconds, Overlapping, Schedule, ScheduleChange},
};
use serde_json::{Value, json};

use super::{
    Key, find,
    rules::{interval, settle},
    view,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, JsonBody, Path},
};

/// Changes what is given; of `kwargs` too, where null takes an argument away. The next run is counted anew from now.
#[utoipa::path(patch, path = "/schedules/{key}", tag = "schedules", params(("key" = inline(divbase_contract::field::ScheduleKey), Path)),
    request_body = ScheduleChange,
    responses((status = 200, body = Schedule), crate::Refuses<404, 422>))]
pub(crate) async fn handler(
    state: AppState,
    Admin { by, .. }: Admin,
    Path(Key { key }): Path<Key>,
    JsonBody(change): JsonBody<ScheduleChange>,
) -> Result<Json<Schedule>, ApiError> {
    let row = find(&state, &key).await?;
    let seconds = interval(change.interval_seconds, change.interval)?;
    let (cron, interval_seconds) = match (change.cron, seconds) {
        (None, None) => (row.cron, row.interval_seconds),
        (cron, seconds) => (cron.map(String::from), seconds),
    };
    let changed = settle(
        &state,
        divbase_db::Schedule {
            display_names: change
                .display_names
                .map_or(row.display_names, |names| json!(names)),
            kwargs: merged(row.kwargs, change.kwargs),
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
    )
    .await?;
    state.db.change_schedule(&changed, &by).await?;
    Ok(Json(view::schedule(find(&state, &key).await?)))
}

/// The arguments with those that are given in their place (RFC 7396, one level).
fn merged(mut old: Value, change: Option<Kwargs>) -> Value {
    if let (Some(old), Some(Value::Object(change))) = (old.as_object_mut(), change.map(Value::from))
    {
        for (name, value) in change {
            if value.is_null() {
                old.remove(&name);
            } else {
                old.insert(name, value);
            }
        }
    }
    old
}
