//! Query strings, with errors in the agreed envelope that name the parameter.

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::{AppState, error::ApiError};

/// The query string in its type; 422 if it does not fit.
#[derive(Clone, Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<AppState> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, ApiError> {
        let pairs = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs))
            .map(Self)
            .map_err(|error| {
                let place = match error.path().to_string().as_str() {
                    "." => "query".to_owned(),
                    field => format!("query.{field}"),
                };
                let reason = error.into_inner();
                ApiError::validation(vec![format!("{place}: Value error, {reason}")])
            })
    }
}
