//! Delete a project, and take that back.

use axum::Json;
use divbase_contract::{
    Role,
    field::ProjectName,
    projects::{DeleteProject, ProjectInfo},
};
use divbase_db::{Undeletion, User};
use divbase_service::tasks::MailKwargs;

use super::{change::ProjectPath, info};
use crate::{
    AppState,
    error::ApiError,
    extract::{Caller, Governed, JsonBody, ManageRole, Path, no_such_project},
    mail,
};

/// Closes a project at once, and has it destroyed with all its files when its grace time is over; until then that can be taken
/// back. For managers and administrators.
#[utoipa::path(post, path = "/projects/{project_name}/delete", tag = "projects", operation_id = "delete_project",
    params(("project_name" = inline(ProjectName), Path)), request_body = DeleteProject,
    responses((status = 200, body = ProjectInfo), crate::Refuses<400, 401, 403, 404, 422>))]
pub(crate) async fn delete(
    state: AppState,
    call: Governed<ManageRole, JsonBody<DeleteProject>>,
) -> Result<Json<ProjectInfo>, ApiError> {
    let Governed {
        user,
        by,
        project,
        body: JsonBody(DeleteProject { confirm }),
        ..
    } = call;
    if confirm.as_str() != project.project_name {
        return Err(ApiError::bad_request(format!(
            "To delete the project '{}', repeat its name in `confirm`.",
            project.project_name
        )));
    }
    let grace = state.settings.project_rules.grace();
    let project_id = project.project_id;
    let due_at = state
        .db
        .ask_project_deletion(project_id, grace, &by)
        .await?;
    tracing::info!(by = user.id, project = project_id, %due_at, "a project will be deleted");
    if state.sends_mail() {
        for member in state.db.members(project_id).await? {
            if member.role == Role::Manage && member.is_active {
                let letter = MailKwargs::ProjectDeletion {
                    project_id,
                    user_id: member.user_id,
                };
                mail::send(&state, letter, &by).await?;
            }
        }
    }
    shown(&state, &user, &project.project_name).await
}

/// Takes it back that a project is to be deleted: it is open again if it was. For its managers and administrators.
#[utoipa::path(post, path = "/projects/{project_name}/undelete", tag = "projects", operation_id = "undelete_project",
    params(("project_name" = inline(ProjectName), Path)),
    responses((status = 200, body = ProjectInfo), crate::Refuses<401, 403, 404, 409, 422>))]
pub(crate) async fn undelete(
    state: AppState,
    caller: Caller,
    Path(path): Path<ProjectPath>,
) -> Result<Json<ProjectInfo>, ApiError> {
    let (user, name) = (&caller.user, path.project_name.as_str());
    let found = state.db.project_in_any_state(user.id, name).await?;
    let (project_id, membership) = found.ok_or_else(|| no_such_project(name))?;
    if !user.is_admin {
        if membership.is_none() {
            return Err(no_such_project(name));
        }
        if caller.role(project_id, membership) != Some(Role::Manage) {
            return Err(ApiError::forbidden(format!(
                "Only managers of the project '{name}' take its deletion back."
            )));
        }
    }
    match state
        .db
        .take_project_deletion_back(project_id, &caller.by)
        .await?
    {
        Undeletion::Done => {}
        Undeletion::NotDeleted => {
            return Err(ApiError::conflict(format!(
                "The project '{name}' is not to be deleted."
            )));
        }
        Undeletion::TooLate => {
            return Err(ApiError::conflict(format!(
                "The grace time of the project '{name}' is over: it is being destroyed."
            )));
        }
    }
    tracing::info!(by = user.id, project = project_id, "a project is kept");
    shown(&state, user, name).await
}

async fn shown(state: &AppState, user: &User, name: &str) -> Result<Json<ProjectInfo>, ApiError> {
    let row = state.db.project_summary(user.id, true, name).await?;
    let row = row.ok_or_else(|| no_such_project(name))?;
    Ok(Json(info(state, row, user.is_admin)))
}
