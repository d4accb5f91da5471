//! Query strings, with errors in the agreed envelope that name the parameter.

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::named::decode;
use crate::{AppState, error::ApiError};

/// The query string in its type; 422 if it does not fit.
#[derive(Clone, Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<AppState> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, ApiError> {
        decode("query", parts.uri.query().unwrap_or_default().as_bytes()).map(Self)
    }
}
