//! All tasks of a project.

use axum::{Json, extract::State};
use divbase_contract::{ErrorBody, history::TaskHistoryItem};
use divbase_db::tasks::HistoryScope;

use super::list_query::{ListQuery, listed};
use crate::{
    AppState,
    error::ApiError,
    extract::{ManageRole, Project, Query},
};

/// Every task of the project, newest first; for managers.
#[utoipa::path(get, path = "/task-history/projects/{project_name}", tag = "task-history",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Path), ListQuery),
    responses((status = 200, body = [TaskHistoryItem]), (status = 403, body = ErrorBody)))]
pub(crate) async fn handler(
    State(state): State<AppState>,
    Query(query): Query<ListQuery>,
    call: Project<ManageRole>,
) -> Result<Json<Vec<TaskHistoryItem>>, ApiError> {
    let scope = HistoryScope::Project(call.project.project_id);
    Ok(Json(listed(&state, scope, query).await?))
}
