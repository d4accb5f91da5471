//! Make a snapshot.

use axum::Json;
use divbase_contract::{
    ErrorType,
    project_versions::{AddVersion, ProjectVersion},
};
use divbase_db::{Limited, NewProjectVersion};

use super::{current::current_files, refusal, shown};
use crate::{
    AppState,
    error::ApiError,
    extract::{JsonBody, Project, QueryRole},
};

/// Records the newest version of every file, without folders and results of queries.
#[utoipa::path(patch, path = "/project-versions/add", tag = "project-versions",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Query)), request_body = AddVersion,
    responses((status = 200, body = ProjectVersion), crate::Refuses<400, 409>))]
pub(crate) async fn handler(
    state: AppState,
    call: Project<QueryRole, JsonBody<AddVersion>>,
) -> Result<Json<ProjectVersion>, ApiError> {
    let Project {
        user,
        by,
        project,
        body: JsonBody(new),
        ..
    } = call;
    let files = current_files(&state, &project).await?;
    if files.is_empty() {
        return Err(ApiError::new(
            ErrorType::ProjectVersionCreation,
            format!(
                "The project '{}' has no files, so there is nothing to record.",
                project.project_name
            ),
        ));
    }
    let files = serde_json::to_value(files).map_err(ApiError::internal)?;
    let version = NewProjectVersion {
        user_id: user.id,
        name: &new.name,
        description: &new.description,
        files: &files,
    };
    let usual = state.settings.project_rules.versions.into();
    let made = state
        .db
        .add_project_version(project.project_id, version, usual, &by)
        .await
        .map_err(|error| refusal(error, &new.name))?;
    match made {
        Limited::Done(made) => Ok(Json(shown(made))),
        Limited::Full(most) => Err(ApiError::conflict(format!(
            "The project '{}' has {most} versions, which is the most it may have; deleted ones count until they are cleaned up. An administrator can allow more.",
            project.project_name
        ))),
    }
}
