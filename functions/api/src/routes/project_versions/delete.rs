//! Soft-delete a snapshot.

use axum::{Json, extract::State};
use divbase_contract::{
    ErrorBody,
    project_versions::{DeleteVersion, DeletedVersion},
};

use super::{not_found, refusal};
use crate::{
    AppState,
    error::ApiError,
    extract::{EditRole, JsonBody, Origin, Project},
};

/// Soft-deletes a snapshot. Doing it twice is no error and keeps the first date.
#[utoipa::path(delete, path = "/project-versions/delete", tag = "project-versions",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Query)), request_body = DeleteVersion,
    responses((status = 200, body = DeletedVersion), (status = 404, body = ErrorBody),
              (status = 409, body = ErrorBody)))]
pub(crate) async fn handler(
    State(state): State<AppState>,
    origin: Origin,
    call: Project<EditRole, JsonBody<DeleteVersion>>,
) -> Result<Json<DeletedVersion>, ApiError> {
    let by = origin.by(&call.user);
    let name = call.body.0.version_name;
    let (date_deleted, already_deleted) = state
        .db
        .delete_project_version(call.project.project_id, &name, &by)
        .await
        .map_err(|error| refusal(error, &name))?
        .ok_or_else(|| not_found(&name))?;
    Ok(Json(DeletedVersion {
        name: name.into(),
        already_deleted,
        date_deleted,
    }))
}
