//! Delete a schedule.

use http::StatusCode;

use super::{Key, find};
use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, Path},
};

/// Deletes a schedule and the list of its executions; their tasks stay in history. Those that came with the program
/// can only be disabled.
#[utoipa::path(delete, path = "/schedules/{key}", tag = "schedules", params(("key" = inline(divbase_contract::field::ScheduleKey), Path)),
    responses((status = 204), crate::Refuses<404, 409>))]
pub(super) async fn handler(
    state: AppState,
    Admin { by, .. }: Admin,
    Path(Key { key }): Path<Key>,
) -> Result<StatusCode, ApiError> {
    let row = find(&state, &key).await?;
    if row.built_in {
        return Err(ApiError::conflict(format!(
            "'{key}' came with the program; disable it instead."
        )));
    }
    state.db.delete_schedule(row.id, &by).await?;
    Ok(StatusCode::NO_CONTENT)
}
