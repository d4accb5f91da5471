//! One request and its answer.

use std::time::Duration;

use divbase_contract::query::WARNINGS_HEADER;
use reqwest::{Method, RequestBuilder, Url};
use serde::de::DeserializeOwned;

use crate::{
    failure::{Failure, Outcome},
    http::{self, envelope::ApiError, retry},
};

/// Why one attempt failed.
pub(super) enum Refusal {
    /// Asking again is useless.
    Final(Failure),
    /// Asking again may help, after the time that the server asks for.
    MayRecover(Failure, Option<Duration>),
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Final(failure)
    }
}

/// A 2xx answer.
pub(super) struct Answer {
    pub(super) bytes: Vec<u8>,
    /// Of [`WARNINGS_HEADER`]; none if the server does not send it.
    pub(super) warnings: Vec<String>,
}

pub(super) async fn send(
    request: RequestBuilder,
    method: &Method,
    url: Url,
) -> Result<Answer, Refusal> {
    let lost = |error: reqwest::Error| {
        Refusal::MayRecover(
            Failure::Connection {
                url: url.to_string(),
                through: error
                    .is_connect()
                    .then(|| http::proxy_for(&url))
                    .flatten()
                    .map(|proxy| format!(" through the proxy {proxy}"))
                    .unwrap_or_default(),
                reason: http::reason(&error),
            },
            None,
        )
    };
    let response = request.send().await.map_err(lost)?;
    let status = response.status();
    let headers = response.headers().clone();
    let bytes = response.bytes().await.map_err(lost)?;
    if status.is_success() {
        let warnings = headers.get(WARNINGS_HEADER);
        let warnings = warnings.and_then(|value| serde_json::from_slice(value.as_bytes()).ok());
        return Ok(Answer {
            bytes: bytes.to_vec(),
            warnings: warnings.unwrap_or_default(),
        });
    }
    let failure = ApiError::read(method.clone(), url, status, &headers, &bytes).into();
    if retry::api_may_recover(status) {
        Err(Refusal::MayRecover(failure, retry::retry_after(&headers)))
    } else {
        Err(Refusal::Final(failure))
    }
}

pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8], method: &Method, url: &Url) -> Outcome<T> {
    serde_json::from_slice(bytes).map_err(|error| {
        Failure::Refused(format!(
            "the answer to {method} {url} is not what a DivBase server sends ({error}). Is this the URL of a DivBase API?"
        ))
    })
}
