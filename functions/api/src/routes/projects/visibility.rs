//! Whether everybody may read a project.

use axum::{Json, extract::State};
use divbase_contract::{ErrorBody, field::ProjectName, sharing::Visibility};

use crate::{
    AppState,
    error::ApiError,
    extract::{JsonBody, ManageRole, Origin, Project, Reading, Whole},
    url_sessions::end_urls,
};

/// Whether the project is public.
#[utoipa::path(get, path = "/projects/{project_name}/visibility", tag = "projects", operation_id = "show_visibility",
    params(("project_name" = inline(ProjectName), Path)),
    responses((status = 200, body = Visibility), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
              (status = 404, body = ErrorBody)))]
pub(crate) async fn show(
    State(state): State<AppState>,
    call: Reading<Whole>,
) -> Result<Json<Visibility>, ApiError> {
    let is_public = state.db.is_public(call.project.project_id).await?;
    Ok(Json(Visibility { is_public }))
}

/// Makes a project public or private, for its managers. Everybody lists and downloads the files of a public project, without
/// an account; queries and uploads stay its members'.
#[utoipa::path(put, path = "/projects/{project_name}/visibility", tag = "projects", operation_id = "set_visibility",
    params(("project_name" = inline(ProjectName), Path)), request_body = Visibility,
    responses((status = 200, body = Visibility), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
              (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn set(
    State(state): State<AppState>,
    origin: Origin,
    call: Project<ManageRole, JsonBody<Visibility>>,
) -> Result<Json<Visibility>, ApiError> {
    let JsonBody(Visibility { is_public }) = call.body;
    let project_id = call.project.project_id;
    let by = origin.by(&call.user);
    state.db.set_public(project_id, is_public, &by).await?;
    end_urls(&state, &by).await;
    tracing::info!(
        by = call.user.id,
        project = project_id,
        is_public,
        "set who may read a project"
    );
    Ok(Json(Visibility { is_public }))
}
