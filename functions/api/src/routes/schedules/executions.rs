//! What came of a schedule's runs.

use axum::{
    Json,
    extract::{Path, State},
};
use divbase_contract::{ErrorBody, operations::ScheduleExecution};
use serde::Deserialize;

use super::{find, view};
use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, Query},
};

/// How many are wanted.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Newest {
    /// At most so many, up to 1000; 50 if absent.
    limit: Option<u16>,
}

/// The newest executions of a schedule.
#[utoipa::path(get, path = "/schedules/{key}/executions", tag = "schedules",
    params(("key" = String, Path), ("limit" = Option<u16>, Query)),
    responses((status = 200, body = [ScheduleExecution]), (status = 404, body = ErrorBody)))]
pub(super) async fn handler(
    State(state): State<AppState>,
    _: Admin,
    Path(key): Path<String>,
    Query(newest): Query<Newest>,
) -> Result<Json<Vec<ScheduleExecution>>, ApiError> {
    let row = find(&state, &key).await?;
    let limit = i64::from(newest.limit.unwrap_or(50).clamp(1, 1000));
    let rows = state.db.schedule_executions(row.id, limit).await?;
    Ok(Json(rows.into_iter().map(view::execution).collect()))
}
