//! The pause switch for submissions.

use axum::Json;
use divbase_contract::operations::QueueSwitch;
use divbase_db as db;

use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, JsonBody},
};

/// The switch as it is set.
#[utoipa::path(get, path = "/queue-status", tag = "operations",
    responses((status = 200, body = QueueSwitch), crate::Refuses<403>))]
pub(crate) async fn show(state: AppState, _: Admin) -> Result<Json<QueueSwitch>, ApiError> {
    let row = state.db.queue_switch().await?;
    Ok(Json(QueueSwitch {
        is_closed: row.is_closed,
        scheduled_start: row.scheduled_start.and_then(|at| at.try_into().ok()),
        reason_for_users: row
            .reason_for_users
            .filter(|reason| !reason.is_empty())
            .and_then(|reason| reason.parse().ok()),
    }))
}

/// Pauses submissions, at once or from an instant on, or opens them again. Administrators may submit all the same.
#[utoipa::path(put, path = "/queue-status", tag = "operations", request_body = QueueSwitch,
    responses((status = 200, body = QueueSwitch), crate::Refuses<403, 422>))]
pub(crate) async fn set(
    state: AppState,
    _: Admin,
    JsonBody(to): JsonBody<QueueSwitch>,
) -> Result<Json<QueueSwitch>, ApiError> {
    let problem = |text: &str| Err(ApiError::validation(vec![format!("body.{text}")]));
    let reason = to.reason_for_users.as_deref().unwrap_or_default().trim();
    if to.is_closed && reason.is_empty() {
        return problem("reason_for_users: Value error, tell users why, as the queue is closed");
    }
    if !to.is_closed && to.scheduled_start.is_some() {
        return problem("scheduled_start: Value error, only a pause has a start");
    }
    state
        .db
        .set_queue_switch(&db::QueueSwitch {
            is_closed: to.is_closed,
            scheduled_start: to.scheduled_start.map(Into::into),
            reason_for_users: Some(reason.to_owned()),
        })
        .await?;
    Ok(Json(to))
}
