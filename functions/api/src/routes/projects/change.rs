//! Change a project.

use axum::Json;
use divbase_contract::{
    field::ProjectName,
    projects::{ProjectChange, ProjectInfo, ProjectLimit},
};
use divbase_db::SetLimits;
use serde::Deserialize;

use super::{create::quota, info};
use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, JsonBody, Path, no_such_project},
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
    responses((status = 200, body = ProjectInfo), crate::Refuses<401, 403, 404, 409, 422>))]
pub(crate) async fn change(
    state: AppState,
    Admin { user: admin, by }: Admin,
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
        limits: SetLimits {
            versions: change.versions_limit.map(ProjectLimit::get_i32),
            folders: change.folders_limit.map(ProjectLimit::get_i32),
            waiting: change.waiting_limit.map(ProjectLimit::get_i32),
        },
    };
    let changed = state.db.change_project(name, wanted, &by).await;
    let changed = changed.map_err(|error| match error.violates("project_waits_for_deletion") {
        true => ApiError::conflict(format!("The project '{name}' waits for its deletion. Take that back: `divbase-cli project undelete`."),
        ),
        false => error.into(),
    })?;
    if !changed {
        return Err(no_such_project(name));
    }
    end_urls(&state, &by).await;
    tracing::info!(by = admin.id, project = name, ?wanted.is_active, "changed a project");
    let row = state.db.project_summary(admin.id, true, name).await?;
    let row = row.ok_or_else(|| no_such_project(name))?;
    Ok(Json(info(&state, row, true)))
}
