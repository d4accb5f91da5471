//! What came of a schedule's runs.

use axum::Json;
use divbase_contract::{history::PageSize, operations::ScheduleExecution};
use serde::Deserialize;

use super::{Key, find, view};
use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, Path, Query},
};

/// How many are wanted.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(crate) struct Newest {
    /// At most so many; 50 if absent.
    limit: Option<PageSize>,
}

/// The newest executions of a schedule.
#[utoipa::path(get, path = "/schedules/{key}/executions", tag = "schedules",
    params(("key" = inline(divbase_contract::field::ScheduleKey), Path), ("limit" = inline(Option<PageSize>), Query)),
    responses((status = 200, body = [ScheduleExecution]), crate::Refuses<404>))]
pub(crate) async fn handler(
    state: AppState,
    _: Admin,
    Path(Key { key }): Path<Key>,
    Query(newest): Query<Newest>,
) -> Result<Json<Vec<ScheduleExecution>>, ApiError> {
    let row = find(&state, &key).await?;
    let limit = newest.limit.map_or(50, PageSize::get);
    let rows = state.db.schedule_executions(row.id, limit).await?;
    Ok(Json(rows.into_iter().map(view::execution).collect()))
}
