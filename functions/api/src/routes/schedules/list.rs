//! All schedules, and one.

use axum::Json;
use divbase_contract::operations::Schedule;

use super::{Key, find, view};
use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, Path},
};

/// All schedules, by key.
#[utoipa::path(get, path = "/schedules", tag = "schedules",
    responses((status = 200, body = [Schedule]), crate::Refuses<403>))]
pub(crate) async fn handler(state: AppState, _: Admin) -> Result<Json<Vec<Schedule>>, ApiError> {
    let rows = state.db.schedules(None).await?;
    Ok(Json(rows.into_iter().map(view::schedule).collect()))
}

/// One schedule.
#[utoipa::path(get, path = "/schedules/{key}", tag = "schedules", params(("key" = inline(divbase_contract::field::ScheduleKey), Path)),
    responses((status = 200, body = Schedule), crate::Refuses<404>))]
pub(crate) async fn one(
    state: AppState,
    _: Admin,
    Path(Key { key }): Path<Key>,
) -> Result<Json<Schedule>, ApiError> {
    Ok(Json(view::schedule(find(&state, &key).await?)))
}
