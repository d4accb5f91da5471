//! What a client says about a request besides its content.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use divbase_contract::{IDEMPOTENCY_KEY_HEADER, field};
use http::request::Parts;

use crate::{AppState, error::ApiError};

/// The id that this request has in logs and error reports.
#[derive(Clone, Debug, Default)]
pub struct RequestId(pub String);

impl FromRequestParts<AppState> for RequestId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

/// The key under which a repeated submission is the same task.
#[derive(Clone, Debug)]
pub struct IdempotencyKey(pub Option<String>);

impl FromRequestParts<AppState> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, ApiError> {
        let Some(value) = parts.headers.get(IDEMPOTENCY_KEY_HEADER) else {
            return Ok(Self(None));
        };
        let key = value
            .to_str()
            .ok()
            .and_then(|key| key.parse::<field::IdempotencyKey>().ok());
        match key {
            Some(key) => Ok(Self(Some(key.into()))),
            None => Err(ApiError::field(
                "Idempotency-Key",
                "use 1 to 255 ASCII characters",
            )),
        }
    }
}
