//! The workers.

use axum::Json;
use divbase_contract::operations::Worker;

use crate::{AppState, error::ApiError, extract::Admin};

/// Workers: processes that tell that they live, those that started last first, and then functions, as far as they have run something
/// within the last hour, those that were seen last first.
#[utoipa::path(get, path = "/workers", tag = "operations",
    responses((status = 200, body = [Worker]), crate::Refuses<403>))]
pub(crate) async fn handler(state: AppState, _: Admin) -> Result<Json<Vec<Worker>>, ApiError> {
    let workers = state.questions.workers.ask(&(), || read(&state)).await;
    workers.map(Json)
}

async fn read(state: &AppState) -> Result<Vec<Worker>, ApiError> {
    let mut rows = state.db.workers().await?;
    rows.extend(state.db.function_workers().await?);
    let workers = rows.into_iter().map(|row| Worker {
        id: row.id,
        kind: row.kind,
        version: row.version,
        queues: row.queues,
        started_at: row.started_at,
        last_heartbeat: row.last_heartbeat,
        current_tasks: row.current_tasks,
        registered: row.registered,
    });
    Ok(workers.collect())
}
