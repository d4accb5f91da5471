//! Take back that a snapshot was soft-deleted.

use axum::Json;
use divbase_contract::project_versions::{NamedVersion, ProjectVersion};

use super::{not_found, shown};
use crate::{
    AppState,
    error::ApiError,
    extract::{JsonBody, ManageRole, Project},
};

/// Makes a soft-deleted snapshot what it was, for managers. One that is not deleted stays as it is.
#[utoipa::path(patch, path = "/project-versions/undelete", tag = "project-versions",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Query)), request_body = NamedVersion,
    responses((status = 200, body = ProjectVersion), crate::Refuses<403, 404>))]
pub(crate) async fn handler(
    state: AppState,
    call: Project<ManageRole, JsonBody<NamedVersion>>,
) -> Result<Json<ProjectVersion>, ApiError> {
    let (project_id, name) = (call.project.project_id, call.body.0.version_name);
    let found = state
        .db
        .undelete_project_version(project_id, &name, &call.by)
        .await?;
    found
        .map(|version| Json(shown(version)))
        .ok_or_else(|| not_found(&name))
}
