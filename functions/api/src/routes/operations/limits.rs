//! How many tasks may run at a time and how many may wait.

use axum::Json;
use divbase_contract::task_admin::{LimitsChange, RunningLimit, TaskLimits, WaitingLimit};
use divbase_db::tasks as db;

use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, JsonBody},
};

/// The limits that hold.
#[utoipa::path(get, path = "/limits", tag = "operations", operation_id = "show_limits",
    responses((status = 200, body = TaskLimits), crate::Refuses<401, 403>))]
pub(crate) async fn show(state: AppState, _: Admin) -> Result<Json<TaskLimits>, ApiError> {
    let set = state.db.limit_settings().await?;
    let own = state.settings.waiting;
    let or =
        |set: Option<i32>, own: u32| set.and_then(|set| u32::try_from(set).ok()).unwrap_or(own);
    Ok(Json(TaskLimits {
        running_per_project: set.running_per_project,
        running_per_user: set.running_per_user,
        waiting_per_project: or(set.waiting_per_project, own.per_project),
        waiting_per_user: or(set.waiting_per_user, own.per_user),
    }))
}

/// Changes limits. Tasks that a lower one keeps from running wait; what a higher one lets run begins with the next rescue. What waits
/// beyond a lower limit stays.
#[utoipa::path(patch, path = "/limits", tag = "operations", operation_id = "change_limits", request_body = LimitsChange,
    responses((status = 200, body = TaskLimits), crate::Refuses<401, 403, 422>))]
pub(crate) async fn change(
    state: AppState,
    admin: Admin,
    JsonBody(to): JsonBody<LimitsChange>,
) -> Result<Json<TaskLimits>, ApiError> {
    if to == LimitsChange::default() {
        return Err(ApiError::field("body", "give at least one limit"));
    }
    let change = db::LimitsChange {
        running_per_project: to.running_per_project.map(RunningLimit::get_i32),
        running_per_user: to.running_per_user.map(RunningLimit::get_i32),
        waiting_per_project: to.waiting_per_project.map(WaitingLimit::get_i32),
        waiting_per_user: to.waiting_per_user.map(WaitingLimit::get_i32),
    };
    state.db.change_limits(change, &admin.by).await?;
    show(state, admin).await
}
