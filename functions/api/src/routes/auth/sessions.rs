//! The caller's sessions: list, end.

use axum::Json;
use divbase_contract::auth::Session;
use http::StatusCode;

use crate::{
    AppState,
    error::ApiError,
    extract::{Path, SignedIn},
    routes::numbers::SessionPath,
};

/// The caller's sessions that have not ended, newest first.
#[utoipa::path(get, path = "/auth/sessions", tag = "auth", operation_id = "list_sessions",
    responses((status = 200, body = [Session]), crate::Refuses<401, 403>))]
pub(crate) async fn list(
    state: AppState,
    SignedIn { user, .. }: SignedIn,
) -> Result<Json<Vec<Session>>, ApiError> {
    let rows = state.db.sessions(user.id).await?;
    let shown = |row: divbase_db::Session| Session {
        id: row.id,
        address: row.address,
        created_at: row.created_at,
        last_used_at: row.last_used_at,
        expires_at: row.expires_at,
    };
    Ok(Json(rows.into_iter().map(shown).collect()))
}

/// Ends one of the caller's sessions. An access token that it has is good until it ends, a quarter of an hour at most;
/// ending all sessions ends those too.
#[utoipa::path(delete, path = "/auth/sessions/{session_id}", tag = "auth", operation_id = "end_session",
    params(("session_id" = i64, Path)),
    responses((status = 204), crate::Refuses<401, 403, 404, 422>))]
pub(crate) async fn end(
    state: AppState,
    SignedIn { user, by }: SignedIn,
    Path(SessionPath { session_id: id }): Path<SessionPath>,
) -> Result<StatusCode, ApiError> {
    if state.db.end_session(user.id, id, &by).await? {
        tracing::info!(user = user.id, session = id, "ended a session");
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(ApiError::not_found(format!(
        "You have no session with the number {id}."
    )))
}
