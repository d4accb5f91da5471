//! Delete a schedule.

use axum::extract::State;
use divbase_contract::ErrorBody;
use http::StatusCode;

use super::{Key, find};
use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, Origin, Path},
};

/// Deletes a schedule and the list of its executions; their tasks stay in history. Those that came with the program
/// can only be disabled.
#[utoipa::path(delete, path = "/schedules/{key}", tag = "schedules", params(("key" = inline(divbase_contract::field::ScheduleKey), Path)),
    responses((status = 204), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(super) async fn handler(
    State(state): State<AppState>,
    Admin(admin): Admin,
    origin: Origin,
    Path(Key { key }): Path<Key>,
) -> Result<StatusCode, ApiError> {
    let row = find(&state, &key).await?;
    if row.built_in {
        return Err(ApiError::http(
            StatusCode::CONFLICT,
            format!("'{key}' came with the program; disable it instead."),
        ));
    }
    let by = origin.by(&admin);
    state.db.delete_schedule(row.id, &by).await?;
    Ok(StatusCode::NO_CONTENT)
}
