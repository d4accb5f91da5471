//! A new access token for a refresh token.

use axum::{Json, extract::State};
use chrono::Utc;
use divbase_auth::TokenKind;
use divbase_contract::{
    ErrorBody,
    auth::{RefreshRequest, RefreshResponse},
};

use crate::{AppState, error::ApiError, extract::JsonBody};

/// Gives a new access token; the refresh token stays the same. 401 ends the client's session.
#[utoipa::path(post, path = "/auth/refresh", tag = "auth", request_body = RefreshRequest,
    responses((status = 200, body = RefreshResponse), (status = 401, body = ErrorBody)))]
pub(super) async fn handler(
    State(state): State<AppState>,
    JsonBody(body): JsonBody<RefreshRequest>,
) -> Result<Json<RefreshResponse>, ApiError> {
    let refused = || {
        ApiError::authentication("The session is not valid or has expired. Please log in again.")
    };
    let claims = state
        .settings
        .tokens
        .verify(&body.refresh_token, TokenKind::RefreshToken)
        .map_err(|_| refused())?;
    let user = state.db.user(claims.user_id).await?.ok_or_else(refused)?;
    // `iat` has whole seconds, the password change has not.
    let outdated = claims.issued_at.timestamp() < user.last_password_change.timestamp();
    if !user.may_act()
        || !user.email_verified
        || outdated
        || claims.generation != user.token_generation
        || state.db.is_revoked(claims.jti).await?
    {
        return Err(refused());
    }
    let access = state
        .settings
        .tokens
        .issue(
            TokenKind::AccessToken,
            user.id,
            user.token_generation,
            Utc::now(),
        )
        .map_err(|error| ApiError::internal(&error))?;
    Ok(Json(RefreshResponse {
        access_token: access.token,
        expires_at: access.expires_at,
    }))
}
