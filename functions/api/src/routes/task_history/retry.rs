//! Run a task again that failed or was cancelled.

use axum::Json;
use divbase_contract::Role;
use divbase_db::tasks::{RetryBy, RetryOutcome};
use divbase_tasks::SubmitError;
use http::StatusCode;

use super::by_id::{TaskPath, visible_task};
use crate::{
    AppState,
    admission::{full, open_queue},
    error::ApiError,
    extract::{HistoryCaller, IdempotencyKey, Path, RequestId},
};

/// Submits a task again that failed or was cancelled, with the same arguments, as a new task of the same submitter whose number is
/// the answer. For its submitter, while they may run queries in its project, for managers of the project and for administrators.
/// It counts among the tasks of its submitter and its project that may wait. While a retry is queued or running, its number is the answer; 409 if the task has neither failed nor been cancelled.
#[utoipa::path(post, path = "/task-history/tasks/{user_task_id}/retry", tag = "task-history",
    params(("user_task_id" = i64, Path)),
    responses((status = 201, body = i64, content_type = "application/json"), crate::Refuses<403, 409, 429>))]
pub(crate) async fn handler(
    state: AppState,
    RequestId(request_id): RequestId,
    key: IdempotencyKey,
    HistoryCaller(caller): HistoryCaller,
    Path(path): Path<TaskPath>,
) -> Result<(StatusCode, Json<i64>), ApiError> {
    let old = path.user_task_id.0;
    let row = visible_task(&state, &caller, old).await?;
    let refused = |why: &str| Err(ApiError::forbidden(why));
    let user = &caller.user;
    if let Some(project_id) = row.project_id
        && row.user_id == Some(user.id)
    {
        let membership = state.db.role_in_project(project_id, user.id).await?;
        if caller.role(project_id, membership) < Some(Role::Query) {
            return refused("You may no longer run queries in the task's project.");
        }
    }
    open_queue(&state, user).await?;
    let by = RetryBy {
        idempotency: key.given(),
        request_id: Some(&request_id),
        waiting: Some(state.settings.waiting),
        ..RetryBy::default()
    };
    let conflict = |why: String| Err(ApiError::conflict(why));
    match state.submitter.retry(old, by).await? {
        RetryOutcome::New { task_id, .. } | RetryOutcome::Repeated { task_id } => {
            Ok((StatusCode::CREATED, Json(task_id)))
        }
        RetryOutcome::Excluded => conflict(
            "Another task of the same kind is queued or running; only one may be.".to_owned(),
        ),
        RetryOutcome::KeyOfAnotherTask { task_id, name } => {
            Err(SubmitError::KeyOfAnotherTask { task_id, name }.into())
        }
        RetryOutcome::Full(whose) => Err(full(whose)),
        RetryOutcome::NotFailed(status) => conflict(format!(
            "The task {old} is {status}; only a task that has failed or was cancelled can be run again."
        )),
        RetryOutcome::Unknown => conflict(format!("The task {old} is gone.")),
    }
}
