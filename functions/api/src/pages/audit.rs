//! `/projects/{project_name}/audit`: who did what to the project and its members.

use askama::Template;
use axum::{Router, extract::State, response::Response, routing::get};
use divbase_contract::audit::AuditEntry;
use http::StatusCode;

use super::{frame::Frame, head::Head, respond::page, show};
use crate::{
    AppState,
    error::ApiError,
    extract::{Governed, ManageRole, Query, ReadRole},
    routes::{audit, projects::list},
};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/projects/{project_name}/audit", get(show))
}

#[derive(Template)]
#[template(path = "audit.html")]
struct Audit {
    frame: Frame,
    head: Head,
    entries: Vec<AuditEntry>,
    next: Option<i64>,
}

/// An entry's particulars on one line.
pub(super) fn particulars(entry: &AuditEntry) -> String {
    let parts = entry
        .detail
        .iter()
        .map(|(key, value)| format!("{key}: {value}"));
    parts.collect::<Vec<_>>().join(", ")
}

async fn show(
    State(state): State<AppState>,
    frame: Frame,
    Query(which): Query<audit::Page>,
    call: Governed<ManageRole>,
) -> Result<Response, ApiError> {
    let mut head = Head::of(&call.project, "audit");
    let reading: Governed<ReadRole> = call.as_role()?;
    let info = list::show(State(state.clone()), reading).await?.0;
    head.is_member = info.role.is_some();
    let found = audit::of_project(State(state), Query(which), call).await?.0;
    let (entries, next) = (found.entries, found.next);
    Ok(page(
        StatusCode::OK,
        &Audit {
            frame,
            head,
            entries,
            next,
        },
    ))
}
