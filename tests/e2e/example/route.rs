//! Submit the counting of a project's samples.

use axum::Json;
use divbase_api::{
    AppState, Refuses,
    error::ApiError,
    extract::{IdempotencyKey, JsonBody, Project, QueryRole, RequestId},
    submit,
};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::task::{CountSamples, CountSamplesKwargs};

/// Which samples.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CountSamplesRequest {
    /// Only names that begin like this are counted.
    #[serde(default)]
    prefix: String,
}

/// Counts the samples of a project; gives the task's number.
#[utoipa::path(post, path = "/count-samples/projects/{project_name}", tag = "query",
    params(("project_name" = String, Path)), request_body = CountSamplesRequest,
    responses((status = 201, body = i64), Refuses<422>))]
pub(super) async fn handler(
    state: AppState,
    request_id: RequestId,
    key: IdempotencyKey,
    call: Project<QueryRole, JsonBody<CountSamplesRequest>>,
) -> Result<(StatusCode, Json<i64>), ApiError> {
    let (project_id, prefix) = (call.project.project_id, call.body.0.prefix);
    submit::<CountSamples>(
        &state,
        &call.user,
        project_id,
        request_id,
        key,
        |_task_id| CountSamplesKwargs { project_id, prefix },
    )
    .await
}
