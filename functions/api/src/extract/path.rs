//! Path parameters with errors in the agreed envelope that name the parameter.

use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::named::decode;
use crate::{AppState, error::ApiError};

/// The path parameters in their type, a struct of their names; 422 if they do not fit.
#[derive(Clone, Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<AppState> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let parameters = raw(parts, state).await?;
        let mut pairs = url::form_urlencoded::Serializer::new(String::new());
        pairs.extend_pairs(&parameters);
        decode("path", pairs.finish().as_bytes()).map(Self)
    }
}

/// The parameters of the path as texts.
///
/// # Errors
/// 422 if one is not UTF-8.
pub(super) async fn raw(parts: &mut Parts, state: &AppState) -> Result<RawPathParams, ApiError> {
    RawPathParams::from_request_parts(parts, state)
        .await
        .map_err(|rejection| ApiError::field("path", rejection.body_text()))
}
