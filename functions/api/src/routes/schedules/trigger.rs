//! Run a schedule now.

use axum::Json;
use chrono::Utc;
use divbase_contract::operations::ScheduleExecution;
use divbase_db::{Fired, MadeBy};
use divbase_tasks::fire;
use http::StatusCode;

use super::{Key, find, view};
use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, Path},
};

/// Makes a run at once, of a disabled schedule too, and gives its execution. The times of the others stay.
#[utoipa::path(post, path = "/schedules/{key}/trigger", tag = "schedules", params(("key" = inline(divbase_contract::field::ScheduleKey), Path)),
    responses((status = 201, body = ScheduleExecution), crate::Refuses<404, 409>))]
pub(crate) async fn handler(
    state: AppState,
    Admin { by, .. }: Admin,
    Path(Key { key }): Path<Key>,
) -> Result<(StatusCode, Json<ScheduleExecution>), ApiError> {
    let row = find(&state, &key).await?;
    let relay = state.runner.relay();
    let conflict = |why: &str| ApiError::conflict(format!("'{key}': {why}."));
    let fired = fire(&state.db, relay, &key, Utc::now(), MadeBy::Hand(&by));
    let execution_id = match fired.await? {
        Fired::Made { execution_id, .. } => execution_id,
        Fired::Skipped(reason) => return Err(conflict(reason)),
        Fired::Waits | Fired::Already | Fired::Unknown => {
            return Err(conflict("a run was made at this instant"));
        }
    };
    let rows = state.db.schedule_executions(row.id, 1000).await?;
    let made = rows
        .into_iter()
        .find(|row| row.id == execution_id)
        .ok_or_else(|| conflict("the schedule was deleted meanwhile"))?;
    Ok((StatusCode::CREATED, Json(view::execution(made))))
}
