//! Every task there is, in pages.

use axum::Json;
use divbase_contract::task_admin::TaskPage;
use divbase_db::tasks::HistoryScope;
use serde::Deserialize;

use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, Query},
    routes::task_history::{item::item, list_query::ListQuery},
};

/// Of which batch.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(crate) struct OfBatch {
    /// Only the parts of this task.
    pub(crate) batch: Option<i64>,
}

/// Tasks of every kind, newest first; for administrators. Without `kind` or `batch`, parts of batches are left out. A page may have
/// fewer tasks than were asked for, and `next` all the same: then those that fit are far apart.
#[utoipa::path(get, path = "/tasks", tag = "operations", operation_id = "list_tasks",
    params(ListQuery, ("batch" = Option<i64>, Query)),
    responses((status = 200, body = TaskPage), crate::Refuses<401, 403, 422>))]
pub(crate) async fn handler(
    state: AppState,
    _: Admin,
    Query(query): Query<ListQuery>,
    Query(OfBatch { batch }): Query<OfBatch>,
) -> Result<Json<TaskPage>, ApiError> {
    let scope = batch.map_or(HistoryScope::All, HistoryScope::Children);
    let page = state.db.task_page(scope, &query.into()).await?;
    Ok(Json(TaskPage {
        tasks: page.rows.into_iter().map(item).collect(),
        next: page.next,
    }))
}
