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
    let call = Call::new(Method::GET, &["project-requests"]);
    let call = call.query_some("all", of_all.then_some("true"));
    let open = |page: ProjectRequestPage| (page.requests, page.next);
    api.pages(call, ("after", None), usize::MAX, open).await
}

/// Lists requests.
///
/// # Errors
/// If the output cannot be written.
pub fn show(format: TableFormat, requests: &[ProjectRequest]) -> Outcome {
    table::of(format, requests)
        .column("Number", |request| request.id)
        .column("Project", |request| &request.name)
        .column("Who", |request| &request.email)
        .column("Quota", |request| {
            size::human(request.storage_quota_bytes.unsigned_abs())
        })
        .column("Reason", |request| &request.reason)
        .column("State", |request| request.state.as_str())
        .optional("Answer", "", |request| request.answer.as_ref())
        .column("Asked", |request| time::of_file(request.created_at))
        .show()
}
