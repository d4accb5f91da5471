//! Rename or describe a snapshot.

use axum::Json;
use divbase_contract::project_versions::{ProjectVersion, UpdateVersion};

use super::{not_found, refusal, shown, soft_deleted};
use crate::{
    AppState,
    error::ApiError,
    extract::{EditRole, JsonBody, Project},
};

/// Changes name or description. The files never change.
#[utoipa::path(patch, path = "/project-versions/update", tag = "project-versions",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Query)), request_body = UpdateVersion,
    responses((status = 200, body = ProjectVersion), crate::Refuses<400, 404, 409>))]
pub(super) async fn handler(
    state: AppState,
    call: Project<EditRole, JsonBody<UpdateVersion>>,
) -> Result<Json<ProjectVersion>, ApiError> {
    let project_id = call.project.project_id;
    let UpdateVersion {
        version_name,
        new_name,
        new_description,
    } = call.body.0;
    if new_name.is_none() && new_description.is_none() {
        return Err(ApiError::bad_request(
            "Nothing to update: give `new_name` or `new_description`.",
        ));
    }
    let updated = state
        .db
        .update_project_version(
            project_id,
            &version_name,
            new_name.as_deref(),
            new_description.as_deref(),
            &call.by,
        )
        .await
        .map_err(|error| refusal(error, new_name.as_deref().unwrap_or(&version_name)))?;
    match updated {
        Some(version) => Ok(Json(shown(version))),
        None if state
            .db
            .project_version(project_id, &version_name)
            .await?
            .is_some() =>
        {
            Err(soft_deleted(&version_name))
        }
        None => Err(not_found(&version_name)),
    }
}
