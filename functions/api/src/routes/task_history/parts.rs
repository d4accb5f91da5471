//! The parts of a task that has split.

use axum::{Json, extract::State};
use divbase_contract::{ErrorBody, history::TaskHistoryItem};
use divbase_db::tasks::HistoryScope;

use super::{
    by_id::{TaskPath, visible_task},
    list_query::{ListQuery, listed},
};
use crate::{
    AppState,
    error::ApiError,
    extract::{HistoryCaller, Path, Query},
};

/// The parts of a task, newest first; none if it has not split. For those who may see the task.
#[utoipa::path(get, path = "/task-history/tasks/{user_task_id}/parts", tag = "task-history",
    params(("user_task_id" = i64, Path), ListQuery),
    responses((status = 200, body = [TaskHistoryItem]), (status = 403, body = ErrorBody)))]
pub(super) async fn handler(
    State(state): State<AppState>,
    HistoryCaller(caller): HistoryCaller,
    Path(path): Path<TaskPath>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Vec<TaskHistoryItem>>, ApiError> {
    let parent = visible_task(&state, &caller, path.user_task_id.0).await?;
    Ok(Json(
        listed(&state, HistoryScope::Children(parent.id), query).await?,
    ))
}
