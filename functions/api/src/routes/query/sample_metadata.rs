//! The metadata query: a task that is run inline and answers with its result.

use std::time::Duration;

use axum::Json;
use divbase_contract::{
    query::{MetadataQueryRequest, MetadataQueryResult},
    tasks::SampleMetadataQueryKwargs,
};
use divbase_db::{ProjectMember, User};
use divbase_service::tasks::SampleMetadataQuery;
use divbase_tasks::{InlineError, Submit};
use http::StatusCode;

use crate::{
    AppState,
    admission::open_queue,
    error::ApiError,
    extract::{IdempotencyKey, JsonBody, Project, QueryRole, RequestId},
};

/// How long a client is kept waiting.
const BUDGET: Duration = Duration::from_secs(10);

/// Samples that match a filter over the metadata table, and the files that contain them. After ten seconds the
/// query goes on in the queue and the answer is 408 with the task's number.
#[utoipa::path(post, path = "/query/sample-metadata/projects/{project_name}", tag = "query",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Path)), request_body = MetadataQueryRequest,
    responses((status = 200, body = MetadataQueryResult), crate::Refuses<400, 408>))]
pub(crate) async fn handler(
    state: AppState,
    RequestId(request_id): RequestId,
    key: IdempotencyKey,
    call: Project<QueryRole, JsonBody<MetadataQueryRequest>>,
) -> Result<Json<MetadataQueryResult>, ApiError> {
    let Project {
        user,
        project,
        body: JsonBody(request),
        ..
    } = call;
    let repeated = state.submitter.repeated(user.id, key.given()).await?;
    if repeated.is_none() {
        open_queue(&state, &user).await?;
    }
    let submit = Submit {
        user_id: Some(user.id),
        project_id: Some(project.project_id),
        idempotency: key.given(),
        exclusive_key: None,
        request_id: Some(&request_id),
        // It waits for no worker.
        estimate: None,
        waiting: None,
    };
    let kwargs = kwargs(&user, project, request);
    match state
        .runner
        .run_inline::<SampleMetadataQuery>(submit, |_| kwargs, BUDGET)
        .await
    {
        Ok((_, value)) => serde_json::from_value(value)
            .map(Json)
            .map_err(ApiError::internal),
        // A client repeats what is answered with 500, so only faults of ours are.
        Err(InlineError::Failed {
            task_id,
            class: Some(class),
            ..
        }) if class.is_fault_of_service() => Err(ApiError::internal(format!(
            "inline task {task_id}: {}",
            class.as_str()
        ))),
        Err(InlineError::Failed { message, .. }) => Err(ApiError::bad_request(message)),
        Err(InlineError::HandedOver { task_id }) => Err(ApiError::http(
            StatusCode::REQUEST_TIMEOUT,
            format!(
                "The query takes longer than {} s and goes on as task id {task_id}. See its result with \
                 'divbase-cli task-history id {task_id}'.",
                BUDGET.as_secs()
            ),
        )),
        Err(InlineError::Submit(error)) => Err(error.into()),
    }
}

fn kwargs(
    user: &User,
    project: ProjectMember,
    request: MetadataQueryRequest,
) -> SampleMetadataQueryKwargs {
    SampleMetadataQueryKwargs {
        tsv_filter: request.tsv_filter.into(),
        metadata_tsv_name: request.metadata_tsv_name.into(),
        bucket_name: project.bucket_name,
        project_id: project.project_id,
        project_name: project.project_name,
        user_id: user.id,
        compat: request.compat,
        project_version: request.project_version.map(String::from),
    }
}
