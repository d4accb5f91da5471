//! Look at projects.

use axum::Json;
use divbase_contract::projects::{ProjectInfo, ProjectPage};
use serde::Deserialize;

use super::info;
use crate::{
    AppState,
    error::ApiError,
    extract::{Caller, Governed, Query, ReadRole, no_such_project},
    routes::paging::Paging,
};

/// Which projects.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Which {
    /// Every project, closed ones included, instead of the caller's own; for administrators.
    pub(crate) all: bool,
}

/// The caller's projects by number, with the caller's role in each. A personal access token sees those that it opens.
#[utoipa::path(get, path = "/projects", tag = "projects", operation_id = "list_projects",
    params(("all" = Option<bool>, Query), ("after" = Option<i64>, Query),
           ("limit" = Option<u16>, Query, minimum = 1, maximum = 1000)),
    responses((status = 200, body = ProjectPage), crate::Refuses<401, 403, 422>))]
pub(crate) async fn list(
    state: AppState,
    caller: Caller,
    Query(Which { all }): Query<Which>,
    Query(paging): Query<Paging>,
) -> Result<Json<ProjectPage>, ApiError> {
    let user = &caller.user;
    if all && !user.is_admin {
        return Err(ApiError::forbidden("This needs an administrator."));
    }
    let (after, limit) = (paging.after(), paging.to_fetch());
    let mut rows = state.db.projects(user.id, all, after, limit).await?;
    let next = paging.cut(&mut rows, |row| row.project.id);
    let projects = rows
        .into_iter()
        .filter_map(|mut row| {
            row.role = caller.role(row.project.id, row.role);
            (all || row.role.is_some()).then(|| info(&state, row, user.is_admin))
        })
        .collect();
    Ok(Json(ProjectPage { projects, next }))
}

/// One project, for its members and administrators.
#[utoipa::path(get, path = "/projects/{project_name}", tag = "projects", operation_id = "show_project",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Path)),
    responses((status = 200, body = ProjectInfo), crate::Refuses<401, 403, 404>))]
pub(crate) async fn show(
    state: AppState,
    call: Governed<ReadRole>,
) -> Result<Json<ProjectInfo>, ApiError> {
    let (user, name) = (&call.user, &call.project.project_name);
    let row = state.db.project_summary(user.id, true, name).await?;
    let mut row = row.ok_or_else(|| no_such_project(name))?;
    // An administrator who is no member has no role; a token may give a lower one.
    row.role = row.role.map(|role| role.min(call.project.role));
    Ok(Json(info(&state, row, user.is_admin)))
}
