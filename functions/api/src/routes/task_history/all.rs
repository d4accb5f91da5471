//! Every task there is.

use axum::{Json, extract::State};
use divbase_contract::{ErrorBody, history::TaskHistoryItem};
use divbase_db::tasks::HistoryScope;

use super::list_query::{ListQuery, listed};
use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, Query},
};

/// All tasks, newest first, periodic and automatic ones too; for administrators.
#[utoipa::path(get, path = "/task-history/tasks", tag = "task-history", params(ListQuery),
    responses((status = 200, body = [TaskHistoryItem]), (status = 403, body = ErrorBody)))]
pub(crate) async fn handler(
    State(state): State<AppState>,
    _: Admin,
    Query(query): Query<ListQuery>,
) -> Result<Json<Vec<TaskHistoryItem>>, ApiError> {
    Ok(Json(listed(&state, HistoryScope::All, query).await?))
}
