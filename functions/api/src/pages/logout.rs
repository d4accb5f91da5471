//! `/logout`: end the session.

use axum::{Router, response::IntoResponse, routing::post};
use divbase_auth::TokenKind;
use http::HeaderMap;

use super::{cookies, respond::Go};
use crate::{AppState, error::ApiError};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/logout", post(log_out))
}

async fn log_out(state: AppState, headers: HeaderMap) -> Result<impl IntoResponse, ApiError> {
    let claims = cookies::get(&headers, cookies::SESSION).and_then(|token| {
        state
            .settings
            .tokens
            .verify(token, TokenKind::RefreshToken)
            .ok()
    });
    if let Some(claims) = claims {
        state
            .db
            .revoke_refresh_token(claims.jti, claims.user_id)
            .await?;
    }
    Ok(Go::to("/")
        .saying("You are signed out.")
        .with(cookies::clear(cookies::SESSION)))
}
