//! Path parameters with errors in the agreed envelope.

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::{AppState, error::ApiError};

/// The path parameters in their type; 422 if they do not fit.
#[derive(Clone, Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<AppState> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        axum::extract::Path::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Path(parameters)| Self(parameters))
            .map_err(|rejection| {
                ApiError::validation(vec![format!(
                    "path: Value error, {}",
                    rejection.body_text()
                )])
            })
    }
}
