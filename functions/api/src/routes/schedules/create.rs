//! Make a schedule.

use axum::Json;
use divbase_contract::operations::{NewSchedule, Schedule};
use http::StatusCode;
use serde_json::json;

use super::{
    find,
    rules::{interval, settle},
    view,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, JsonBody},
};

/// Makes a schedule of a task that the workers know.
#[utoipa::path(post, path = "/schedules", tag = "schedules", request_body = NewSchedule,
    responses((status = 201, body = Schedule), crate::Refuses<409, 422>))]
pub(super) async fn handler(
    state: AppState,
    Admin { by, .. }: Admin,
    JsonBody(new): JsonBody<NewSchedule>,
) -> Result<(StatusCode, Json<Schedule>), ApiError> {
    let row = settle(
        &state,
        divbase_db::Schedule {
            id: 0,
            key: new.key.into(),
            display_names: json!(new.display_names),
            task_name: new.task_name.into(),
            queue: String::new(),
            max_attempts: 1,
            kwargs: new.kwargs.into(),
            cron: new.cron.map(String::from),
            interval_seconds: interval(new.interval_seconds, new.interval)?,
            time_zone: new.time_zone.into(),
            enabled: new.enabled,
            misfire_grace_seconds: new.misfire_grace_seconds.get_i32(),
            coalesce: new.coalesce,
            max_overlapping: new.max_overlapping.get_i32(),
            built_in: false,
            next_run_at: None,
        },
    )
    .await?;
    if !state.db.add_schedule(&row, Some(&by)).await? {
        return Err(ApiError::conflict(format!(
            "There is a schedule '{}' already.",
            row.key
        )));
    }
    let made = find(&state, &row.key).await?;
    Ok((StatusCode::CREATED, Json(view::schedule(made))))
}
