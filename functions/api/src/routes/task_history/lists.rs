//! Lists of tasks: all of them, a project's, the caller's, and the parts of one that has split.

use axum::Json;
use divbase_contract::{field::ProjectName, history::TaskHistoryItem};
use divbase_db::tasks::HistoryScope;

use super::{
    by_id::{TaskPath, visible_task},
    list_query::{ListQuery, listed},
};
use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, HistoryCaller, ManageRole, Path, Project, Query, QueryRole},
};

/// All tasks, newest first, periodic and automatic ones too; for administrators.
#[utoipa::path(get, path = "/task-history/tasks", tag = "task-history", operation_id = "get_task_history_tasks", params(ListQuery),
    responses((status = 200, body = [TaskHistoryItem]), crate::Refuses<403>))]
pub(crate) async fn all(
    state: AppState,
    _: Admin,
    Query(query): Query<ListQuery>,
) -> Result<Json<Vec<TaskHistoryItem>>, ApiError> {
    Ok(Json(listed(&state, HistoryScope::All, query).await?))
}

/// Every task of the project, newest first; for managers.
#[utoipa::path(get, path = "/task-history/projects/{project_name}", tag = "task-history", operation_id = "get_task_history_projects_by_project_name",
    params(("project_name" = inline(ProjectName), Path), ListQuery),
    responses((status = 200, body = [TaskHistoryItem]), crate::Refuses<403>))]
pub(crate) async fn of_project(
    state: AppState,
    Query(query): Query<ListQuery>,
    call: Project<ManageRole>,
) -> Result<Json<Vec<TaskHistoryItem>>, ApiError> {
    let scope = HistoryScope::Project(call.project.project_id);
    Ok(Json(listed(&state, scope, query).await?))
}

/// Own tasks, newest first; administrators see those of all users.
#[utoipa::path(get, path = "/task-history/tasks/user", tag = "task-history", operation_id = "get_task_history_tasks_user", params(ListQuery),
    responses((status = 200, body = [TaskHistoryItem])))]
pub(crate) async fn of_user(
    state: AppState,
    HistoryCaller(caller): HistoryCaller,
    Query(query): Query<ListQuery>,
) -> Result<Json<Vec<TaskHistoryItem>>, ApiError> {
    let user = &caller.user;
    let scope = if user.is_admin {
        HistoryScope::AllUsers
    } else {
        HistoryScope::User(user.id)
    };
    Ok(Json(listed(&state, scope, query).await?))
}

/// Own tasks in the project, newest first; administrators who are members see all of it.
#[utoipa::path(get, path = "/task-history/tasks/user/projects/{project_name}", tag = "task-history", operation_id = "get_task_history_tasks_user_projects_by_project_name",
    params(("project_name" = inline(ProjectName), Path), ListQuery),
    responses((status = 200, body = [TaskHistoryItem])))]
pub(crate) async fn of_user_in_project(
    state: AppState,
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

/// The parts of a task, newest first; none if it has not split. For those who may see the task.
#[utoipa::path(get, path = "/task-history/tasks/{user_task_id}/parts", tag = "task-history", operation_id = "get_task_history_tasks_by_user_task_id_parts",
    params(("user_task_id" = i64, Path), ListQuery),
    responses((status = 200, body = [TaskHistoryItem]), crate::Refuses<403>))]
pub(super) async fn parts(
    state: AppState,
    HistoryCaller(caller): HistoryCaller,
    Path(path): Path<TaskPath>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Vec<TaskHistoryItem>>, ApiError> {
    let parent = visible_task(&state, &caller, path.user_task_id.0).await?;
    Ok(Json(
        listed(&state, HistoryScope::Children(parent.id), query).await?,
    ))
}
