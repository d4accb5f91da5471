//! `/admin/audit`: who did what to whom.

use askama::Template;
use axum::{Router, response::Response, routing::get};
use divbase_contract::audit::AuditEntry;

use super::{audit::particulars, frame::Frame, show};
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
    entries: Vec<AuditEntry>,
    next: Option<i64>,
}

async fn log(
    state: AppState,
    frame: Frame,
    admin: Admin,
    which: Query<audit::Page>,
) -> Result<Response, ApiError> {
    let found = audit::all(state, admin, which).await?.0;
    Ok(frame.page(|frame| Log {
        frame,
        entries: found.entries,
        next: found.next,
    }))
}
