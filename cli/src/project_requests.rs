//! Requests for projects as users see them.

use divbase_contract::project_requests::{ProjectRequest, ProjectRequestPage};
use reqwest::Method;

use crate::{
    arguments::TableFormat,
    failure::Outcome,
    http::api::{Api, Call},
    output::{size, table, time},
};

/// The caller's requests, or with `of_all` those of everybody that wait.
///
/// # Errors
/// If the server refuses or does not answer.
pub async fn all(api: &Api, of_all: bool) -> Outcome<Vec<ProjectRequest>> {
    let mut requests = Vec::new();
    let mut after: Option<i64> = None;
    loop {
        let mut call = Call::new(Method::GET, &["project-requests"]).query("limit", "1000");
        if of_all {
            call = call.query("all", "true");
        }
        if let Some(after) = after {
            call = call.query("after", after.to_string());
        }
        let page: ProjectRequestPage = api.call(call).await?;
        requests.extend(page.requests);
        after = page.next;
        if after.is_none() {
            return Ok(requests);
        }
    }
}

/// Lists requests.
///
/// # Errors
/// If the output cannot be written.
pub fn show(format: TableFormat, requests: &[ProjectRequest]) -> Outcome {
    let rows: Vec<Vec<String>> = requests
        .iter()
        .map(|request| {
            vec![
                request.id.to_string(),
                request.name.clone(),
                request.email.clone(),
                size::human(request.storage_quota_bytes.unsigned_abs()),
                request.reason.clone(),
                request.state.as_str().to_owned(),
                request.answer.clone().unwrap_or_default(),
                time::of_file(request.created_at),
            ]
        })
        .collect();
    let header = [
        "Number", "Project", "Who", "Quota", "Reason", "State", "Answer", "Asked",
    ];
    table::show(format, &header, &rows, requests)
}
