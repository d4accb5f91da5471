//! The caller's tasks.

use axum::{Json, extract::State};
use divbase_contract::history::TaskHistoryItem;
use divbase_db::tasks::HistoryScope;

use super::list_query::{ListQuery, listed};
use crate::{
    AppState,
    error::ApiError,
    extract::{HistoryCaller, Query},
};

/// Own tasks, newest first; administrators see those of all users.
#[utoipa::path(get, path = "/task-history/tasks/user", tag = "task-history", params(ListQuery),
    responses((status = 200, body = [TaskHistoryItem])))]
pub(crate) async fn handler(
    State(state): State<AppState>,
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
