//! Cancel a task.

use axum::Json;
use divbase_contract::history::TaskHistoryItem;
use divbase_db::tasks::CancelOutcome;

use super::{
    by_id::{TaskPath, visible_task},
    item::item,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{HistoryCaller, Path},
};

/// Cancels a queued task at once and asks a running one to stop, which takes a few seconds. For its submitter,
/// managers of its project and administrators. Doing it twice is no error; 409 if the task had ended before.
#[utoipa::path(post, path = "/task-history/tasks/{user_task_id}/cancel", tag = "task-history",
    params(("user_task_id" = i64, Path)),
    responses((status = 200, body = [TaskHistoryItem]), crate::Refuses<403, 409>))]
pub(crate) async fn handler(
    state: AppState,
    HistoryCaller(caller): HistoryCaller,
    Path(path): Path<TaskPath>,
) -> Result<Json<Vec<TaskHistoryItem>>, ApiError> {
    let task_id = path.user_task_id.0;
    let before = visible_task(&state, &caller, task_id).await?;
    match state.db.cancel_task(task_id, caller.user.id).await? {
        CancelOutcome::Ended(status) if before.cancel_requested_at.is_none() => Err(
            ApiError::conflict(format!("The task {task_id} has already ended as {status}.")),
        ),
        CancelOutcome::Ended(_)
        | CancelOutcome::Revoked
        | CancelOutcome::Requested
        | CancelOutcome::Unknown => {
            let after = visible_task(&state, &caller, task_id).await?;
            Ok(Json(vec![item(after)]))
        }
    }
}
