//! Submitting a task on a project, as most routes do.

use axum::Json;
use divbase_db::User;
use divbase_service::Services;
use divbase_tasks::{Submission, Submit, Task};
use http::StatusCode;

use crate::{
    AppState,
    admission::admit,
    error::ApiError,
    extract::{IdempotencyKey, RequestId},
};

/// Submits a task unless the queue is paused; 201 with its number, which `kwargs` is given. A request that is repeated
/// under its idempotency key gives the number of the same task.
///
/// # Errors
/// 400 `queue_closed_error` while submissions are paused, 429 if too many tasks wait already, or the database fails.
pub async fn submit<T: Task<Services = Services>>(
    state: &AppState,
    user: &User,
    project_id: i64,
    RequestId(request_id): RequestId,
    key: IdempotencyKey,
    kwargs: impl FnOnce(i64) -> T::Kwargs + Send,
) -> Result<(StatusCode, Json<i64>), ApiError> {
    if let Some(task_id) = state.submitter.repeated(user.id, key.given()).await? {
        return Ok((StatusCode::CREATED, Json(task_id)));
    }
    admit(state, user, Some(project_id)).await?;
    let submit = Submit {
        user_id: Some(user.id),
        project_id: Some(project_id),
        idempotency: key.given(),
        exclusive_key: None,
        request_id: Some(&request_id),
        estimate: None,
        waiting: Some(state.settings.waiting),
    };
    let submission = state.submitter.submit::<T>(submit, kwargs).await?;
    let (Submission::Accepted(task_id) | Submission::Excluded(task_id)) = submission;
    Ok((StatusCode::CREATED, Json(task_id)))
}
