//! `/projects/{project_name}/audit`: who did what to the project and its members.

use askama::Template;
use axum::{Router, response::Response, routing::get};
use divbase_contract::audit::AuditEntry;

use super::{frame::Frame, head::Head, show};
use crate::{
    AppState,
    error::ApiError,
    extract::{Governed, ManageRole, Query},
    routes::audit,
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
    state: AppState,
    frame: Frame,
    which: Query<audit::Page>,
    call: Governed<ManageRole>,
) -> Result<Response, ApiError> {
    let (head, _) = Head::governed(&state, &call, "audit").await?;
    let found = audit::of_project(state, which, call).await?.0;
    Ok(frame.page(|frame| Audit {
        frame,
        head,
        entries: found.entries,
        next: found.next,
    }))
}
