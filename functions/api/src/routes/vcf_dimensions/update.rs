//! Submit an update of the index.

use axum::Json;
use divbase_contract::{ErrorType, tasks::UpdateDimensionsKwargs};
use divbase_service::tasks::{UpdateDimensions, update_key};
use divbase_tasks::{Submission, Submit};
use http::StatusCode;

use crate::{
    AppState,
    admission::admit,
    error::ApiError,
    extract::{IdempotencyKey, Project, QueryRole, RequestId},
};

/// Indexes files that are new or changed and forgets those that are gone. Gives the task's number; 409 while an
/// update of the project is queued or running.
#[utoipa::path(put, path = "/vcf-dimensions/projects/{project_name}", tag = "vcf-dimensions",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Path)),
    responses((status = 202, body = i64, content_type = "application/json"), crate::Refuses<400, 409>))]
pub(crate) async fn handler(
    state: AppState,
    RequestId(request_id): RequestId,
    key: IdempotencyKey,
    call: Project<QueryRole>,
) -> Result<(StatusCode, Json<i64>), ApiError> {
    let repeated = state.submitter.repeated(call.user.id, key.given()).await?;
    if let Some(task_id) = repeated {
        return Ok((StatusCode::ACCEPTED, Json(task_id)));
    }
    admit(&state, &call.user, Some(call.project.project_id)).await?;
    let project = call.project;
    let exclusive_key = update_key::of_users(project.project_id);
    let submit = Submit {
        user_id: Some(call.user.id),
        project_id: Some(project.project_id),
        idempotency: key.given(),
        exclusive_key: Some(&exclusive_key),
        request_id: Some(&request_id),
        estimate: None,
        waiting: Some(state.settings.waiting),
    };
    let kwargs = UpdateDimensionsKwargs {
        bucket_name: project.bucket_name,
        project_id: project.project_id,
        project_name: project.project_name.clone(),
        user_id: call.user.id,
    };
    match state
        .submitter
        .submit::<UpdateDimensions>(submit, |_| kwargs)
        .await?
    {
        Submission::Accepted(task_id) => Ok((StatusCode::ACCEPTED, Json(task_id))),
        Submission::Excluded(task_id) => Err(ApiError::new(
            ErrorType::DimensionsUpdateRunning,
            format!(
                "An update of the dimensions of '{}' is already queued or running: task id {task_id}. \
                 Follow it with 'divbase-cli task-history id {task_id}'.",
                project.project_name
            ),
        )),
    }
}
