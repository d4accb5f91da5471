//! End a session, or all of them.

use divbase_auth::TokenKind;
use divbase_contract::auth::RefreshRequest;
use http::StatusCode;

use crate::{
    AppState,
    error::ApiError,
    extract::{JsonBody, SignedIn},
};

/// Revokes the refresh token. An invalid one needs no revoking: 204 all the same.
#[utoipa::path(post, path = "/auth/logout", tag = "auth", request_body = RefreshRequest,
    responses((status = 204)))]
pub(crate) async fn handler(
    state: AppState,
    JsonBody(body): JsonBody<RefreshRequest>,
) -> Result<StatusCode, ApiError> {
    if let Ok(claims) = state
        .settings
        .tokens
        .verify(&body.refresh_token, TokenKind::RefreshToken)
    {
        state
            .db
            .revoke_refresh_token(claims.jti, claims.user_id)
            .await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Ends all sessions of the account at once, this one and access tokens too. Personal access tokens stay.
#[utoipa::path(post, path = "/auth/logout-everywhere", tag = "auth", operation_id = "logout_everywhere",
    responses((status = 204), crate::Refuses<401, 403>))]
pub(crate) async fn everywhere(
    state: AppState,
    SignedIn { user, by }: SignedIn,
) -> Result<StatusCode, ApiError> {
    state.db.end_sessions(user.id, &by).await?;
    tracing::info!(user = user.id, "ended all sessions");
    Ok(StatusCode::NO_CONTENT)
}
