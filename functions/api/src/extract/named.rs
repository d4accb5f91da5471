//! Named values of a request, read into their type, with errors that name the field.

use divbase_contract::field::{excerpt, on_one_line, shortened};
use serde::de::DeserializeOwned;
use url::form_urlencoded;

use crate::error::ApiError;

/// Longest reason that a decoder gives, bytes: it quotes what was sent.
const REASON_MAX_BYTES: usize = 400;

/// 422 that names the field: `query.limit: Value error, …`.
pub(super) fn refused<E: std::fmt::Display>(
    place: &str,
    error: &serde_path_to_error::Error<E>,
) -> ApiError {
    let place = match error.path().to_string().as_str() {
        "." => place.to_owned(),
        field => format!("{place}.{}", excerpt(field)),
    };
    let reason = shortened(error.inner().to_string(), REASON_MAX_BYTES);
    ApiError::field(&place, on_one_line(&reason))
}

/// Reads `a=1&b=2` into its type.
///
/// # Errors
/// 422 naming the field.
pub(crate) fn decode<T: DeserializeOwned>(place: &str, pairs: &[u8]) -> Result<T, ApiError> {
    let pairs = form_urlencoded::parse(pairs);
    serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs))
        .map_err(|error| refused(place, &error))
}
