//! The workers.

use axum::{Json, extract::State};
use divbase_contract::{ErrorBody, operations::Worker};

use crate::{AppState, error::ApiError, extract::Admin};

/// Long-lived workers, those that started last first. Lambda functions are not among them.
#[utoipa::path(get, path = "/workers", tag = "operations",
    responses((status = 200, body = [Worker]), (status = 403, body = ErrorBody)))]
pub(super) async fn handler(
    State(state): State<AppState>,
    _: Admin,
) -> Result<Json<Vec<Worker>>, ApiError> {
    let rows = state.db.workers().await?;
    Ok(Json(
        rows.into_iter()
            .map(|row| Worker {
                id: row.id,
                kind: row.kind,
                version: row.version,
                queues: row.queues,
                started_at: row.started_at,
                last_heartbeat: row.last_heartbeat,
                current_tasks: row.current_tasks,
            })
            .collect(),
    ))
}
