//! Whether everybody may read a project.

use axum::Json;
use divbase_contract::{field::ProjectName, sharing::Visibility};

use crate::{
    AppState,
    error::ApiError,
    extract::{JsonBody, ManageRole, Project, Reading, Whole},
    url_sessions::end_urls,
};

/// Whether the project is public.
#[utoipa::path(get, path = "/projects/{project_name}/visibility", tag = "projects", operation_id = "show_visibility",
    params(("project_name" = inline(ProjectName), Path)),
    responses((status = 200, body = Visibility), crate::Refuses<401, 403, 404>))]
pub(crate) async fn show(
    state: AppState,
    call: Reading<Whole>,
) -> Result<Json<Visibility>, ApiError> {
    let is_public = state.db.is_public(call.project.project_id).await?;
    Ok(Json(Visibility { is_public }))
}

/// Makes a project public or private, for its managers. Everybody lists and downloads the files of a public project, without
/// an account; queries and uploads stay its members'.
#[utoipa::path(put, path = "/projects/{project_name}/visibility", tag = "projects", operation_id = "set_visibility",
    params(("project_name" = inline(ProjectName), Path)), request_body = Visibility,
    responses((status = 200, body = Visibility), crate::Refuses<401, 403, 404, 422>))]
pub(crate) async fn set(
    state: AppState,
    call: Project<ManageRole, JsonBody<Visibility>>,
) -> Result<Json<Visibility>, ApiError> {
    let JsonBody(Visibility { is_public }) = call.body;
    let project_id = call.project.project_id;
    state.db.set_public(project_id, is_public, &call.by).await?;
    end_urls(&state, &call.by).await;
    tracing::info!(
        by = call.user.id,
        project = project_id,
        is_public,
        "set who may read a project"
    );
    Ok(Json(Visibility { is_public }))
}
