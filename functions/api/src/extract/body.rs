//! JSON bodies with errors that name the place.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};
use divbase_contract::limits::{AUTH_BODY_MAX_BYTES, BODY_MAX_BYTES};
use http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::timeout;

use super::named::refused;
use crate::{AppState, error::ApiError};

/// A body that can be made from a request's bytes in two steps: syntax first, schema later.
pub trait FromBody: Sized + Send {
    /// What the first step gives.
    type Parsed: Send;

    /// Checks the syntax.
    ///
    /// # Errors
    /// 422 if the bytes are not what the route takes.
    fn parse(bytes: &[u8]) -> Result<Self::Parsed, ApiError>;

    /// Checks the schema.
    ///
    /// # Errors
    /// 422 naming the field.
    fn decode(parsed: Self::Parsed) -> Result<Self, ApiError>;
}

/// No body: whatever is sent is ignored.
impl FromBody for () {
    type Parsed = ();

    fn parse(_: &[u8]) -> Result<(), ApiError> {
        Ok(())
    }

    fn decode((): ()) -> Result<Self, ApiError> {
        Ok(())
    }
}

/// A JSON body of this type.
#[derive(Clone, Debug)]
pub struct JsonBody<T>(pub T);

impl<T: DeserializeOwned + Send> FromBody for JsonBody<T> {
    type Parsed = Value;

    fn parse(bytes: &[u8]) -> Result<Value, ApiError> {
        if bytes.is_empty() {
            return Err(ApiError::validation(vec![
                "body: Field required".to_owned(),
            ]));
        }
        serde_json::from_slice(bytes).map_err(|error| {
            ApiError::validation(vec![format!(
                "JSON decode error: the body is not valid JSON: {error}"
            )])
        })
    }

    fn decode(value: Value) -> Result<Self, ApiError> {
        serde_path_to_error::deserialize(value)
            .map(Self)
            .map_err(|error| refused("body", &error))
    }
}

impl<T: DeserializeOwned + Send> FromRequest<AppState> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        let bytes = read(request, state).await?;
        Self::decode(Self::parse(&bytes)?)
    }
}

/// The bytes of a body, up to the limit of its route, if they come in time.
pub(crate) async fn read(request: Request, state: &AppState) -> Result<Bytes, ApiError> {
    let patience = state.settings.body_patience;
    timeout(patience, Bytes::from_request(request, state))
        .await
        .map_err(|_| {
            ApiError::http(
                StatusCode::REQUEST_TIMEOUT,
                format!(
                    "The request body did not arrive within {} s.",
                    patience.as_secs_f32()
                ),
            )
        })?
        .map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => ApiError::http(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!(
                    "The request body is larger than it may be: {} MiB, and below /auth {} KiB. Ask for less at a time.",
                    BODY_MAX_BYTES / (1024 * 1024),
                    AUTH_BODY_MAX_BYTES / 1024
                ),
            ),
            status => ApiError::http(
                status,
                format!("The request body cannot be read: {rejection}"),
            ),
        })
}
