//! Submit a VCF query.

use std::collections::HashSet;

use axum::{Json, extract::State};
use divbase_contract::{
    ErrorBody,
    query::{SampleSelection, VcfQueryRequest},
    tasks::BcftoolsQueryKwargs,
};
use divbase_tasks::{Submission, Submit};
use divbase_vcf::command::{self, CommandErrorKind, Selection};
use divbase_worker::tasks::BcftoolsQuery;
use http::StatusCode;

use super::open_queue;
use crate::{
    AppState,
    error::ApiError,
    extract::{IdempotencyKey, JsonBody, Project, QueryRole, RequestId},
};

/// Queues a query and gives its task's number. The command is one or more `view …` stages separated by `;`.
#[utoipa::path(post, path = "/query/vcf/projects/{project_name}", tag = "query",
    params(("project_name" = String, Path)), request_body = VcfQueryRequest,
    responses((status = 201, body = i64), (status = 400, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(super) async fn handler(
    State(state): State<AppState>,
    RequestId(request_id): RequestId,
    IdempotencyKey(key): IdempotencyKey,
    call: Project<QueryRole, JsonBody<VcfQueryRequest>>,
) -> Result<(StatusCode, Json<i64>), ApiError> {
    let Project {
        user,
        project,
        body: JsonBody(request),
        ..
    } = call;
    submit(&state, &request_id, key.as_deref(), user, project, request).await
}

/// The checks in their order, then the submission.
pub(super) async fn submit(
    state: &AppState,
    request_id: &str,
    idempotency_key: Option<&str>,
    user: divbase_db::User,
    project: divbase_db::ProjectMember,
    request: VcfQueryRequest,
) -> Result<(StatusCode, Json<i64>), ApiError> {
    let value_error =
        |text: String| ApiError::validation(vec![format!("body: Value error, {text}")]);
    let selection = request
        .selection()
        .map_err(|error| value_error(error.to_string()))?;
    let mode = match &selection {
        SampleSelection::All => Selection::AllSamples,
        SampleSelection::Named(_) | SampleSelection::Metadata { .. } => Selection::Named,
    };
    let command = command::parse_service(&request.command, mode);
    if let Err(error) = &command
        && error.kind() == CommandErrorKind::Schema
    {
        return Err(value_error(error.to_string()));
    }
    open_queue(state, &user).await?;
    if let SampleSelection::Named(samples) = &selection {
        known_samples(state, project.project_id, samples).await?;
    }
    command.map_err(|error| ApiError::bad_request(error.to_string()))?;
    let submit = Submit {
        user_id: Some(user.id),
        project_id: Some(project.project_id),
        idempotency_key,
        exclusive_key: None,
        request_id: Some(request_id),
    };
    let submission = state
        .submitter
        .submit::<BcftoolsQuery>(submit, |job_id| BcftoolsQueryKwargs {
            tsv_filter: request.tsv_filter,
            metadata_tsv_name: request.metadata_tsv_name,
            command: request.command,
            samples: request.samples,
            all_samples: request.all_samples,
            compat: request.compat,
            bucket_name: project.bucket_name,
            project_id: project.project_id,
            project_name: project.project_name,
            user_id: user.id,
            job_id,
        })
        .await?;
    let (Submission::Accepted(task_id) | Submission::Excluded(task_id)) = submission;
    Ok((StatusCode::CREATED, Json(task_id)))
}

async fn known_samples(
    state: &AppState,
    project_id: i64,
    samples: &[String],
) -> Result<(), ApiError> {
    let known: HashSet<String> = state
        .db
        .unique_samples(project_id)
        .await?
        .into_iter()
        .collect();
    let unknown: Vec<&str> = samples
        .iter()
        .filter(|name| !known.contains(*name))
        .map(String::as_str)
        .collect();
    if unknown.is_empty() {
        return Ok(());
    }
    Err(ApiError::bad_request(format!(
        "These samples are not in the dimensions index of the project: {}. See \
         'divbase-cli dimensions show --unique-samples', or run 'divbase-cli dimensions update' if a file was \
         added.",
        unknown.join(", ")
    )))
}
