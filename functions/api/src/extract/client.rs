//! What a client says about a request besides its content.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use divbase_contract::{IDEMPOTENCY_KEY_HEADER, field};
use divbase_db::tasks::Idempotency;
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

/// SHA-256 of a request's method, target and body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fingerprint(pub(crate) [u8; 32]);

/// The key under which a repeated request is the same task, with what it stands for.
#[derive(Clone, Debug)]
pub struct IdempotencyKey(Option<(String, Fingerprint)>);

impl IdempotencyKey {
    /// The key, if the request has one.
    #[must_use]
    pub fn given(&self) -> Option<Idempotency<'_>> {
        let (key, Fingerprint(fingerprint)) = self.0.as_ref()?;
        Some(Idempotency { key, fingerprint })
    }
}

impl FromRequestParts<AppState> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, ApiError> {
        let Some(value) = parts.headers.get(IDEMPOTENCY_KEY_HEADER) else {
            return Ok(Self(None));
        };
        let key = value
            .to_str()
            .ok()
            .and_then(|key| key.parse::<field::IdempotencyKey>().ok())
            .ok_or_else(|| ApiError::field("Idempotency-Key", "use 1 to 255 ASCII characters"))?;
        let fingerprint = parts
            .extensions
            .get::<Fingerprint>()
            .ok_or_else(|| ApiError::internal("a request without a fingerprint"))?;
        Ok(Self(Some((key.into(), *fingerprint))))
    }
}
