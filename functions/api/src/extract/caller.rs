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

fn refused() -> ApiError {
    ApiError::authentication("The access token is not valid or has expired. Please log in again.")
}

/// The account that a well-signed token names. Whether it may act is not known yet: see [`acting`].
pub(super) fn named(parts: &Parts, state: &AppState) -> Result<i64, ApiError> {
    let token = bearer(parts).ok_or_else(ApiError::not_authenticated)?;
    if token.starts_with(PAT_PREFIX) {
        // No route makes personal access tokens yet, so none can be valid.
        return Err(refused());
    }
    let tokens = &state.settings.tokens;
    match tokens.verify(token, TokenKind::AccessToken) {
        Ok(claims) => Ok(claims.user_id),
        Err(_) => Err(refused()),
    }
}

/// The account, if it is there and may act.
pub(super) fn acting(user: Option<User>) -> Result<User, ApiError> {
    user.filter(User::may_act).ok_or_else(refused)
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let user_id = named(parts, state)?;
        Ok(Self(acting(state.db.user(user_id).await?)?))
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
