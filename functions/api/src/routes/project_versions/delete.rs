//! Soft-delete a snapshot.

use axum::Json;
use divbase_contract::project_versions::{DeleteVersion, DeletedVersion};

use super::{not_found, refusal};
use crate::{
    AppState,
    error::ApiError,
    extract::{EditRole, JsonBody, Project},
};

/// Soft-deletes a snapshot. Doing it twice is no error and keeps the first date.
#[utoipa::path(delete, path = "/project-versions/delete", tag = "project-versions",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Query)), request_body = DeleteVersion,
    responses((status = 200, body = DeletedVersion), crate::Refuses<404, 409>))]
pub(crate) async fn handler(
    state: AppState,
    call: Project<EditRole, JsonBody<DeleteVersion>>,
) -> Result<Json<DeletedVersion>, ApiError> {
    let name = call.body.0.version_name;
    let (date_deleted, already_deleted) = state
        .db
        .delete_project_version(call.project.project_id, &name, &call.by)
        .await
        .map_err(|error| refusal(error, &name))?
        .ok_or_else(|| not_found(&name))?;
    Ok(Json(DeletedVersion {
        name: name.into(),
        already_deleted,
        date_deleted,
    }))
}
