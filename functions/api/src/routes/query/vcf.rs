//! Submit a VCF query.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use divbase_contract::{
    plan::QueryPlan,
    query::{SampleSelection, VcfQueryRequest, WARNINGS_HEADER},
    tasks::BcftoolsQueryKwargs,
};
use divbase_service::{
    query::Request,
    tasks::{BcftoolsQuery, MakeSampleGroups, MakeSampleGroupsKwargs},
};
use divbase_tasks::{Submission, Submit};
use divbase_vcf::command::{self, CommandErrorKind, Selection};
use http::{HeaderMap, HeaderValue, StatusCode};

use super::planning;
use crate::{
    AppState,
    admission::{open_queue, room},
    error::ApiError,
    extract::{IdempotencyKey, JsonBody, Project, QueryRole, RequestId},
};

/// Bytes of warnings in the header of an answer: gateways and clients take 8 KiB of headers.
const MOST_TOLD: usize = 4_096;

/// Where the arguments of a task have what was told with its submission.
const SUBMISSION_WARNINGS: &str = "submission_warnings";

/// Queues a query and gives its task's number. The command is one or more `view …` stages separated by `;`. With
/// `dry_run` nothing is queued and the answer is the plan.
#[utoipa::path(post, path = "/query/vcf/projects/{project_name}", tag = "query",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Path)), request_body = VcfQueryRequest,
    responses((status = 201, body = i64, content_type = "application/json"), (status = 200, body = QueryPlan),
              crate::Refuses<400, 422>))]
pub(crate) async fn handler(
    state: AppState,
    RequestId(request_id): RequestId,
    key: IdempotencyKey,
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
    let submitted = submit(&state, &request_id, &key, user, project, request).await?;
    Ok(submitted.into_response())
}

/// The checks in their order, then the submission.
pub(crate) async fn submit(
    state: &AppState,
    request_id: &str,
    key: &IdempotencyKey,
    user: divbase_db::User,
    project: divbase_db::ProjectMember,
    request: VcfQueryRequest,
) -> Result<(StatusCode, HeaderMap, Json<i64>), ApiError> {
    // Before the query is planned: over the files of now it may be another, or none.
    if let Some(task_id) = state.submitter.repeated(user.id, key.given()).await? {
        let warnings = state.db.task_argument(task_id, SUBMISSION_WARNINGS).await?;
        let warnings: Vec<String> = warnings
            .and_then(|warnings| serde_json::from_value(warnings).ok())
            .unwrap_or_default();
        return Ok((StatusCode::CREATED, told(&warnings), Json(task_id)));
    }
    let query = check(state, &user, &project, &request).await?;
    room(state, &user, Some(project.project_id)).await?;
    let planned = query
        .plan(state.runner.services())
        .await
        .map_err(planning)?;
    let to_make = planned.sample_groups_to_make(&query);
    let options = request.options();
    let (pins, queue, warnings) = (planned.pins, planned.queue, planned.warnings);
    let estimate = planned.estimate;
    let submit = Submit {
        user_id: Some(user.id),
        project_id: Some(project.project_id),
        idempotency: key.given(),
        exclusive_key: None,
        request_id: Some(request_id),
        estimate: Some(estimate),
        waiting: Some(state.settings.waiting),
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
            inputs: pins.files,
            metadata_version_id: pins.table_version,
            warnings: pins.warnings,
            submission_warnings: warnings.clone(),
            options,
        })
        .await?;
    let (Submission::Accepted(task_id) | Submission::Excluded(task_id)) = submission;
    make_sample_groups(state, request_id, to_make).await;
    Ok((StatusCode::CREATED, told(&warnings), Json(task_id)))
}

/// Submits what makes later queries of few samples read less. The query itself does without.
async fn make_sample_groups(
    state: &AppState,
    request_id: &str,
    files: Vec<MakeSampleGroupsKwargs>,
) {
    for kwargs in files {
        let key = kwargs.exclusive_key();
        let submit = Submit {
            project_id: Some(kwargs.project_id),
            exclusive_key: Some(&key),
            request_id: Some(request_id),
            ..Submit::default()
        };
        let submitter = &state.submitter;
        let submitted = submitter
            .submit::<MakeSampleGroups>(submit, |_| kwargs)
            .await;
        if let Err(error) = submitted {
            tracing::warn!(%error, "no sample groups are made");
        }
    }
}

pub(crate) async fn dry_run(
    state: &AppState,
    user: &divbase_db::User,
    project: &divbase_db::ProjectMember,
    request: &VcfQueryRequest,
) -> Result<QueryPlan, ApiError> {
    let query = check(state, user, project, request).await?;
    let services = state.runner.services();
    let planned = query.plan(services).await.map_err(planning)?;
    planned.report(services, &query).await.map_err(planning)
}

/// The warnings as a header, for the body is the task's number and nothing else. What has no room is counted; the
/// task's result has all of them.
fn told(warnings: &[String]) -> HeaderMap {
    let mut shown: Vec<String> = Vec::new();
    for (place, warning) in warnings.iter().enumerate() {
        let more = warnings.len() - place;
        let room = MOST_TOLD - shown.iter().map(String::len).sum::<usize>().min(MOST_TOLD);
        if warning.len() > room {
            shown.push(format!(
                "There are {more} more warnings; the task's result has them."
            ));
            break;
        }
        shown.push(warning.clone());
    }
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::from_str(&ascii_json(&shown))
        && !shown.is_empty()
    {
        headers.insert(WARNINGS_HEADER, value);
    }
    headers
}

/// A JSON array in ASCII alone, as a header needs it.
fn ascii_json(texts: &[String]) -> String {
    let json = serde_json::json!(texts).to_string();
    let mut ascii = String::with_capacity(json.len());
    for letter in json.chars() {
        if letter.is_ascii() {
            ascii.push(letter);
        } else {
            let mut units = [0; 2];
            for unit in letter.encode_utf16(&mut units) {
                ascii.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    ascii
}

/// The checks of shape in their order; whether the query can work is for its plan to say.
async fn check<'a>(
    state: &AppState,
    user: &divbase_db::User,
    project: &'a divbase_db::ProjectMember,
    request: &'a VcfQueryRequest,
) -> Result<Request<'a>, ApiError> {
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
    Ok(Request {
        project_id: project.project_id,
        project_name: &project.project_name,
        bucket: &project.bucket_name,
        command: &request.command,
        selection,
        options: request.options(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(warnings: &[String]) -> Vec<String> {
        let headers = told(warnings);
        serde_json::from_slice(headers[WARNINGS_HEADER].as_bytes()).unwrap()
    }

    #[test]
    fn warnings_come_back_out_of_their_header() {
        assert!(told(&[]).is_empty());
        let warnings = ["'å\"\n😀.vcf.gz' is left out".to_owned(), "two".to_owned()];
        assert_eq!(header(&warnings), warnings);
        let many = vec!["x".repeat(1000); 50];
        let shown = header(&many);
        assert_eq!(shown.len(), 5);
        assert!(shown[4].contains("46 more"), "{}", shown[4]);
    }
}
