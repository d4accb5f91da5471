//! Change a project.

use axum::{Json, extract::State};
use divbase_contract::{
    ErrorBody,
    field::ProjectName,
    projects::{ProjectChange, ProjectInfo},
};
use serde::Deserialize;

use super::{create::quota, info};
use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, JsonBody, Origin, Path, no_such_project},
    url_sessions::end_urls,
};

/// Which project.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ProjectPath {
    pub(crate) project_name: ProjectName,
}

/// Changes a project, for administrators. A closed project lets nobody in, and its tasks are not run.
#[utoipa::path(patch, path = "/projects/{project_name}", tag = "projects", operation_id = "change_project",
    params(("project_name" = inline(ProjectName), Path)), request_body = ProjectChange,
    responses((status = 200, body = ProjectInfo), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
              (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn change(
    State(state): State<AppState>,
    Admin(admin): Admin,
    origin: Origin,
    Path(path): Path<ProjectPath>,
    JsonBody(change): JsonBody<ProjectChange>,
) -> Result<Json<ProjectInfo>, ApiError> {
    let name = path.project_name.as_str();
    let wanted = divbase_db::ProjectChange {
        description: change
            .description
            .as_ref()
            .map(divbase_contract::field::ProjectDescription::as_str),
        storage_quota_bytes: quota(change.storage_quota_bytes)?,
        is_active: change.is_active,
    };
    let by = origin.by(&admin);
    if !state.db.change_project(name, wanted, &by).await? {
        return Err(no_such_project(name));
    }
    end_urls(&state, &by).await;
    tracing::info!(by = admin.id, project = name, ?wanted.is_active, "changed a project");
    let row = state.db.project_summary(admin.id, true, name).await?;
    Ok(Json(info(row.ok_or_else(|| no_such_project(name))?, true)))
}
