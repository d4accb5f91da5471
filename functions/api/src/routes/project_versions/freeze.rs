//! Freeze a snapshot.

use axum::Json;
use divbase_contract::project_versions::{NamedVersion, ProjectVersion};

use super::{not_found, shown, soft_deleted};
use crate::{
    AppState,
    error::ApiError,
    extract::{JsonBody, ManageRole, Project},
};

/// Freezes a snapshot, for managers: from now on nobody can rename, describe or delete it, and so its files are kept. That cannot be
/// taken back. Of a public project everybody reads it.
#[utoipa::path(patch, path = "/project-versions/freeze", tag = "project-versions",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Query)), request_body = NamedVersion,
    responses((status = 200, body = ProjectVersion), crate::Refuses<400, 403, 404>))]
pub(crate) async fn handler(
    state: AppState,
    call: Project<ManageRole, JsonBody<NamedVersion>>,
) -> Result<Json<ProjectVersion>, ApiError> {
    let (project_id, name) = (call.project.project_id, call.body.0.version_name);
    let found = state
        .db
        .freeze_project_version(project_id, &name, &call.by)
        .await?;
    match found {
        Some(version) if version.frozen_at.is_none() => Err(soft_deleted(&name)),
        Some(version) => Ok(Json(shown(version))),
        None => Err(not_found(&name)),
    }
}
