//! The caller's tasks in a project.

use axum::{Json, extract::State};
use divbase_contract::history::TaskHistoryItem;
use divbase_db::tasks::HistoryScope;

use super::list_query::{ListQuery, listed};
use crate::{
    AppState,
    error::ApiError,
    extract::{Project, Query, QueryRole},
};

/// Own tasks in the project, newest first; administrators who are members see all of it.
#[utoipa::path(get, path = "/task-history/tasks/user/projects/{project_name}", tag = "task-history",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Path), ListQuery),
    responses((status = 200, body = [TaskHistoryItem])))]
pub(crate) async fn handler(
    State(state): State<AppState>,
    Query(query): Query<ListQuery>,
    call: Project<QueryRole>,
) -> Result<Json<Vec<TaskHistoryItem>>, ApiError> {
    let project_id = call.project.project_id;
    let scope = if call.user.is_admin {
        HistoryScope::Project(project_id)
    } else {
        HistoryScope::UserInProject(call.user.id, project_id)
    };
    Ok(Json(listed(&state, scope, query).await?))
}
