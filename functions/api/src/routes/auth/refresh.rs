//! A new access token for a refresh token.

use axum::Json;
use chrono::Utc;
use divbase_auth::TokenKind;
use divbase_contract::auth::{RefreshRequest, RefreshResponse};

use divbase_db::SessionUse;

use super::login::session_token;
use crate::{
    AppState,
    error::ApiError,
    extract::{ClientAddress, JsonBody, Origin},
};

/// Gives a new access token. The refresh token stays the same unless the client asks to have it replaced; one that was
/// replaced more than a minute ago ends its session. 401 ends the client's session.
#[utoipa::path(post, path = "/auth/refresh", tag = "auth", request_body = RefreshRequest,
    responses((status = 200, body = RefreshResponse), crate::Refuses<401>))]
pub(crate) async fn handler(
    state: AppState,
    address: ClientAddress,
    origin: Origin,
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
    {
        return Err(refused());
    }
    let now = Utc::now();
    let issue = |kind| {
        let tokens = &state.settings.tokens;
        tokens
            .issue(kind, user.id, user.token_generation, now)
            .map_err(ApiError::internal)
    };
    let refresh = match body.rotate {
        true => Some(issue(TokenKind::RefreshToken)?),
        false => None,
    };
    let next = refresh.as_ref().map(session_token).transpose()?;
    let from = origin.of_somebody();
    let used = state.db.use_session(claims.jti, next, &from);
    let refresh = match used.await? {
        SessionUse::Replaced => refresh,
        SessionUse::Kept => None,
        SessionUse::Replayed => {
            tracing::warn!(user = user.id, %address, "a refresh token was used again; its session ends");
            return Err(refused());
        }
        SessionUse::Ended => return Err(refused()),
    };
    let access = issue(TokenKind::AccessToken)?;
    Ok(Json(RefreshResponse {
        access_token: access.token,
        expires_at: access.expires_at,
        refresh_token_expires_at: refresh.as_ref().map(|token| token.expires_at),
        refresh_token: refresh.map(|token| token.token),
    }))
}
