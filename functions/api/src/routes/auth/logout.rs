//! End a session.

use axum::extract::State;
use divbase_auth::TokenKind;
use divbase_contract::auth::RefreshRequest;
use divbase_db::RevokedReason;
use http::StatusCode;

use crate::{AppState, error::ApiError, extract::JsonBody};

/// Revokes the refresh token. An invalid one needs no revoking: 204 all the same.
#[utoipa::path(post, path = "/auth/logout", tag = "auth", request_body = RefreshRequest,
    responses((status = 204)))]
pub(super) async fn handler(
    State(state): State<AppState>,
    JsonBody(body): JsonBody<RefreshRequest>,
) -> Result<StatusCode, ApiError> {
    if let Ok(claims) = state
        .settings
        .tokens
        .verify(&body.refresh_token, TokenKind::RefreshToken)
    {
        state
            .db
            .revoke_refresh_token(claims.jti, claims.user_id, RevokedReason::Logout)
            .await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
