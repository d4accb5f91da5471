//! The attempts of a task, with what went wrong in each.

use axum::Json;
use divbase_contract::task_admin::Attempt;

use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, Path},
    routes::task_history::by_id::TaskPath,
};

/// The newest thousand attempts of a task, in their order; none if there is no such task. Errors are told with their causes, so it is
/// for administrators.
#[utoipa::path(get, path = "/tasks/{user_task_id}/attempts", tag = "operations", operation_id = "list_attempts",
    params(("user_task_id" = i64, Path)),
    responses((status = 200, body = [Attempt]), crate::Refuses<401, 403, 422>))]
pub(crate) async fn handler(
    state: AppState,
    _: Admin,
    Path(path): Path<TaskPath>,
) -> Result<Json<Vec<Attempt>>, ApiError> {
    let rows = state.db.task_attempts(path.user_task_id.0).await?;
    let attempts = rows.into_iter().map(|row| Attempt {
        attempt: row.attempt,
        worker: row.worker,
        started_at: row.started_at,
        finished_at: row.finished_at,
        outcome: row.outcome,
        error: row.error,
        bytes_read: row.bytes_read,
        bytes_written: row.bytes_written,
        cpu_seconds: row.cpu_seconds,
    });
    Ok(Json(attempts.collect()))
}
