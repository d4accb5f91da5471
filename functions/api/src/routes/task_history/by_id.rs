//! One task by its number.

use axum::Json;
use chrono::Utc;
use divbase_contract::{
    Role,
    history::{TaskHistoryItem, TaskStatus},
};
use divbase_db::tasks::{HistoryFilter, HistoryRow, HistoryScope};
use serde::Deserialize;

use super::item::{item, waiting};
use crate::{
    AppState,
    error::ApiError,
    extract::{Caller, HistoryCaller, Path},
};

/// A list of one; of a task that waits with its place and when it will probably begin. For its submitter, managers of its project and administrators; for all others a task that is
/// not theirs and one that does not exist are the same.
#[utoipa::path(get, path = "/task-history/tasks/{user_task_id}", tag = "task-history",
    params(("user_task_id" = i64, Path)),
    responses((status = 200, body = [TaskHistoryItem]), crate::Refuses<403>))]
pub(crate) async fn handler(
    state: AppState,
    HistoryCaller(caller): HistoryCaller,
    Path(path): Path<TaskPath>,
) -> Result<Json<Vec<TaskHistoryItem>>, ApiError> {
    let task_id = path.user_task_id.0;
    let row = visible_task(&state, &caller, task_id).await?;
    let mut task = item(row);
    if matches!(task.status, TaskStatus::Pending | TaskStatus::Retry) {
        let place = state.db.task_place(task_id).await?;
        task.waiting = place.map(|place| waiting(&place, Utc::now()));
    }
    Ok(Json(vec![task]))
}

/// Which task.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct TaskPath {
    pub(crate) user_task_id: TaskNumber,
}

/// The number of a task.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct TaskNumber(pub(crate) i64);

impl TryFrom<String> for TaskNumber {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
            .map(Self)
            .map_err(|_| "Input should be a valid integer")
    }
}

/// The task, if this user may see it.
pub(crate) async fn visible_task(
    state: &AppState,
    caller: &Caller,
    task_id: i64,
) -> Result<HistoryRow, ApiError> {
    let hidden =
        || ApiError::forbidden("Task ID not found or you don't have permission to view it.");
    let rows = state
        .db
        .task_history(HistoryScope::Task(task_id), &HistoryFilter::default())
        .await?;
    let row = rows.into_iter().next().ok_or_else(hidden)?;
    let user = &caller.user;
    if user.is_admin || row.user_id == Some(user.id) {
        return Ok(row);
    }
    let project_id = row.project_id.ok_or_else(hidden)?;
    let membership = state.db.role_in_project(project_id, user.id).await?;
    if caller.role(project_id, membership) == Some(Role::Manage) {
        Ok(row)
    } else {
        Err(hidden())
    }
}
