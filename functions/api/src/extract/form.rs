//! Forms, with errors in the agreed envelope that name the field.

use axum::extract::{FromRequest, Request};
use http::header;
use serde::de::DeserializeOwned;

use super::{body::read, named::decode};
use crate::{AppState, error::ApiError};

/// A form (`application/x-www-form-urlencoded`) in its type; 422 if it does not fit.
#[derive(Clone, Debug)]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned> FromRequest<AppState> for Form<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        const KIND: &str = "application/x-www-form-urlencoded";
        let is_form = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.trim_start().starts_with(KIND));
        if !is_form {
            return Err(ApiError::field(
                "body",
                format!("send a form, with the Content-Type {KIND}"),
            ));
        }
        decode("body", &read(request, state).await?).map(Self)
    }
}
