//! `/admin/audit`: who did what to whom.

use askama::Template;
use axum::{Router, extract::State, response::Response, routing::get};
use divbase_contract::audit::AuditEntry;
use http::StatusCode;

use super::{audit::particulars, frame::Frame, respond::page, show};
use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, Query},
    routes::audit,
};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/admin/audit", get(log))
}

#[derive(Template)]
#[template(path = "admin_audit.html")]
struct Log {
    frame: Frame,
    tab: &'static str,
    entries: Vec<AuditEntry>,
    next: Option<i64>,
}

async fn log(
    State(state): State<AppState>,
    frame: Frame,
    admin: Admin,
    which: Query<audit::Page>,
) -> Result<Response, ApiError> {
    let found = audit::all(State(state), admin, which).await?.0;
    let (entries, next) = (found.entries, found.next);
    let tab = "audit";
    Ok(page(
        StatusCode::OK,
        &Log {
            frame,
            tab,
            entries,
            next,
        },
    ))
}
