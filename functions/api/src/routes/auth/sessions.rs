//! The caller's sessions: list, end.

use axum::{Json, extract::State};
use divbase_contract::{ErrorBody, auth::Session};
use http::StatusCode;

use crate::{
    AppState,
    error::ApiError,
    extract::{Origin, Path, SignedIn},
    routes::numbers::SessionPath,
};

/// The caller's sessions that have not ended, newest first.
#[utoipa::path(get, path = "/auth/sessions", tag = "auth", operation_id = "list_sessions",
    responses((status = 200, body = [Session]), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    SignedIn(user): SignedIn,
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
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
              (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn end(
    State(state): State<AppState>,
    SignedIn(user): SignedIn,
    origin: Origin,
    Path(SessionPath { session_id: id }): Path<SessionPath>,
) -> Result<StatusCode, ApiError> {
    if state.db.end_session(user.id, id, &origin.by(&user)).await? {
        tracing::info!(user = user.id, session = id, "ended a session");
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(ApiError::http(
        StatusCode::NOT_FOUND,
        format!("You have no session with the number {id}."),
    ))
}
