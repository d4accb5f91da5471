//! The audit log: of everything for administrators, of a project for its managers.

use axum::Json;
use divbase_contract::{
    audit::{AuditEntry, AuditPage},
    field::ProjectName,
};
use serde::Deserialize;

use crate::{
    AppState,
    described::{DescribedRouter, Describing, routes},
    error::ApiError,
    extract::{Admin, Governed, ManageRole, Query},
};

/// Entries of a page unless another number is asked for.
const DEFAULT: u16 = 100;

pub(super) fn routes<D: Describing>() -> DescribedRouter<D> {
    DescribedRouter::new()
        .routes(routes!(all))
        .routes(routes!(of_project))
}

/// Which page is wanted; written out in the description of each route.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Page {
    /// Only entries with a smaller number: `next` of the page before.
    pub(crate) before: Option<i64>,
    /// At most so many, 1 to 1000; 100 if it is left out.
    limit: Option<u16>,
}

/// Who did what to whom, when and from where, newest first.
#[utoipa::path(get, path = "/audit", tag = "audit", operation_id = "list_audit_log",
    params(("before" = Option<i64>, Query), ("limit" = Option<u16>, Query, minimum = 1, maximum = 1000)),
    responses((status = 200, body = AuditPage), crate::Refuses<401, 403, 422>))]
pub(crate) async fn all(
    state: AppState,
    _: Admin,
    Query(page): Query<Page>,
) -> Result<Json<AuditPage>, ApiError> {
    read(&state, None, page).await
}

/// Who did what to the project and its members, newest first. For its managers.
#[utoipa::path(get, path = "/projects/{project_name}/audit", tag = "audit", operation_id = "list_project_audit_log",
    params(("project_name" = inline(ProjectName), Path), ("before" = Option<i64>, Query),
           ("limit" = Option<u16>, Query, minimum = 1, maximum = 1000)),
    responses((status = 200, body = AuditPage), crate::Refuses<401, 403, 404, 422>))]
pub(crate) async fn of_project(
    state: AppState,
    Query(page): Query<Page>,
    call: Governed<ManageRole>,
) -> Result<Json<AuditPage>, ApiError> {
    read(&state, Some(call.project.project_id), page).await
}

async fn read(
    state: &AppState,
    project_id: Option<i64>,
    page: Page,
) -> Result<Json<AuditPage>, ApiError> {
    let limit = page.limit.unwrap_or(DEFAULT).clamp(1, 1000);
    let before = page.before.unwrap_or(i64::MAX);
    // One more than the page has tells whether there is another page.
    let fetched = state.db.audit_log(project_id, before, i64::from(limit) + 1);
    let mut rows = fetched.await?;
    let more = rows.len() > usize::from(limit);
    rows.truncate(usize::from(limit));
    let next = rows.last().filter(|_| more).map(|row| row.id);
    let entries = rows.into_iter().map(entry).collect();
    Ok(Json(AuditPage { entries, next }))
}

fn entry(row: divbase_db::AuditEntry) -> AuditEntry {
    AuditEntry {
        id: row.id,
        at: row.at,
        action: row.action,
        actor_id: row.actor_id,
        actor: row.actor_email,
        user_id: row.user_id,
        user: row.user_email,
        project_name: row.project_name,
        detail: row.detail.0,
        address: row.address,
        request_id: row.request_id,
    }
}
