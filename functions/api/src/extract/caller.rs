//! Who is calling.

use axum::extract::FromRequestParts;
use divbase_auth::{PAT_PREFIX, TokenKind};
use divbase_contract::ErrorType;
use divbase_db::User;
use http::{header, request::Parts};

use crate::{AppState, error::ApiError};

/// Any account that may act, by a bearer token.
#[derive(Clone, Debug)]
pub struct Caller(pub User);

/// A site administrator.
#[derive(Clone, Debug)]
pub struct Admin(pub User);

fn bearer(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let token = bearer(parts).ok_or_else(ApiError::not_authenticated)?;
        let refused = || {
            ApiError::authentication(
                "The access token is not valid or has expired. Please log in again.",
            )
        };
        if token.starts_with(PAT_PREFIX) {
            // No route makes personal access tokens yet, so none can be valid.
            return Err(refused());
        }
        let claims = state
            .settings
            .tokens
            .verify(token, TokenKind::AccessToken)
            .map_err(|_| refused())?;
        let user = state
            .db
            .user(claims.user_id)
            .await?
            .filter(User::may_act)
            .ok_or_else(refused)?;
        Ok(Self(user))
    }
}

impl FromRequestParts<AppState> for Admin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let Caller(user) = Caller::from_request_parts(parts, state).await?;
        if !user.is_admin {
            return Err(ApiError::new(
                ErrorType::Authorization,
                "This needs an administrator.",
            ));
        }
        Ok(Self(user))
    }
}
