//! Submit a VCF query.

use std::collections::HashSet;

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use divbase_contract::{
    ErrorBody,
    plan::QueryPlan,
    query::{SampleSelection, VcfQueryRequest},
    tasks::BcftoolsQueryKwargs,
};
use divbase_service::{
    query::{Asked, queue_of},
    tasks::BcftoolsQuery,
};
use divbase_tasks::{Submission, Submit};
use divbase_vcf::command::{self, CommandErrorKind, Pipeline, Selection};
use http::StatusCode;

use super::{open_queue, planning};
use crate::{
    AppState,
    error::ApiError,
    extract::{IdempotencyKey, JsonBody, Project, QueryRole, RequestId},
};

/// Queues a query and gives its task's number. The command is one or more `view …` stages separated by `;`. With
/// `dry_run` nothing is queued and the answer is the plan.
#[utoipa::path(post, path = "/query/vcf/projects/{project_name}", tag = "query",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Path)), request_body = VcfQueryRequest,
    responses((status = 201, body = i64), (status = 200, body = QueryPlan),
              (status = 400, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(super) async fn handler(
    State(state): State<AppState>,
    RequestId(request_id): RequestId,
    IdempotencyKey(key): IdempotencyKey,
    call: Project<QueryRole, JsonBody<VcfQueryRequest>>,
) -> Result<Response, ApiError> {
    let Project {
        user,
        project,
        body: JsonBody(request),
        ..
    } = call;
    if request.dry_run {
        let plan = dry_run(&state, &user, &project, &request).await?;
        return Ok(Json(plan).into_response());
    }
    let submitted = submit(&state, &request_id, key.as_deref(), user, project, request).await?;
    Ok(submitted.into_response())
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
    let (asked, pipeline) = check(state, &user, &project, &request).await?;
    let queue = queue_of(&asked.inputs, &pipeline, request.engine);
    let options = request.options();
    let (inputs, metadata_version_id) = (asked.inputs, asked.table_version);
    let submit = Submit {
        user_id: Some(user.id),
        project_id: Some(project.project_id),
        idempotency_key,
        exclusive_key: None,
        request_id: Some(request_id),
    };
    let submission = state
        .submitter
        .submit_to::<BcftoolsQuery>(queue, submit, |job_id| BcftoolsQueryKwargs {
            tsv_filter: request.tsv_filter.map(String::from),
            metadata_tsv_name: request.metadata_tsv_name.map(String::from),
            command: request.command.into(),
            samples: request
                .samples
                .map(|names| names.into_items().into_iter().map(String::from).collect()),
            all_samples: request.all_samples,
            bucket_name: project.bucket_name.clone(),
            project_id: project.project_id,
            project_name: project.project_name.clone(),
            user_id: user.id,
            job_id,
            inputs: Some(inputs),
            metadata_version_id,
            options,
        })
        .await?;
    let (Submission::Accepted(task_id) | Submission::Excluded(task_id)) = submission;
    Ok((StatusCode::CREATED, Json(task_id)))
}

async fn dry_run(
    state: &AppState,
    user: &divbase_db::User,
    project: &divbase_db::ProjectMember,
    request: &VcfQueryRequest,
) -> Result<QueryPlan, ApiError> {
    let (asked, _) = check(state, user, project, request).await?;
    asked
        .dry_run(state.runner.services())
        .await
        .map_err(planning)
}

/// The checks in their order; then the versions of the files are fixed.
async fn check<'a>(
    state: &AppState,
    user: &divbase_db::User,
    project: &'a divbase_db::ProjectMember,
    request: &'a VcfQueryRequest,
) -> Result<(Asked<'a>, Pipeline), ApiError> {
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
    open_queue(state, user).await?;
    if let (SampleSelection::Named(samples), None) = (&selection, &request.project_version) {
        known_samples(state, project.project_id, samples).await?;
    }
    let pipeline = command.map_err(|error| ApiError::bad_request(error.to_string()))?;
    let mut asked = Asked {
        project_id: project.project_id,
        project_name: &project.project_name,
        bucket: &project.bucket_name,
        command: &request.command,
        selection,
        options: request.options(),
        inputs: Vec::new(),
        table_version: None,
    };
    asked.pin(state.runner.services()).await.map_err(planning)?;
    Ok((asked, pipeline))
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
