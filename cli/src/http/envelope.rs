//! The server's error envelope as users see it.

use std::fmt;

use divbase_contract::{Detail, REQUEST_ID_HEADER};
use reqwest::{Method, StatusCode, Url, header::HeaderMap};
use serde::Deserialize;
use serde_json::Value;

/// An error answer of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// Status code.
    pub status: StatusCode,
    /// What was asked.
    pub method: Method,
    /// Where it was asked.
    pub url: Url,
    /// The server's identification of the request.
    pub request_id: String,
    /// `type` of the envelope.
    pub kind: String,
    /// `detail` of the envelope.
    pub detail: Detail,
}

#[derive(Deserialize)]
struct Envelope {
    detail: Option<Value>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

impl ApiError {
    /// Reads an error answer, whatever its body.
    #[must_use]
    pub fn read(
        method: Method,
        url: Url,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Self {
        let (kind, detail) = match serde_json::from_slice::<Envelope>(body) {
            Ok(envelope) => (
                envelope.kind.unwrap_or_else(|| "unknown".to_owned()),
                envelope
                    .detail
                    .map_or_else(|| Detail::One("no details given".to_owned()), detail_of),
            ),
            Err(_) => (
                "unexpected_server_error".to_owned(),
                Detail::One(String::from_utf8_lossy(body).trim().to_owned()),
            ),
        };
        let request_id = headers
            .get(REQUEST_ID_HEADER)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("unknown")
            .to_owned();
        Self {
            status,
            method,
            url,
            request_id,
            kind,
            detail,
        }
    }
}

fn detail_of(value: Value) -> Detail {
    let text = |value: Value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    match value {
        Value::Array(values) => Detail::Many(values.into_iter().map(text).collect()),
        other => Detail::One(text(other)),
    }
}

impl ApiError {
    /// What is wrong, without where it was asked.
    #[must_use]
    pub fn problem(&self) -> String {
        match &self.detail {
            Detail::One(text) => text.clone(),
            Detail::Many(texts) => {
                let mut all =
                    "the DivBase server found several problems in the request:".to_owned();
                for text in texts {
                    all.push_str("\n  - ");
                    all.push_str(text);
                }
                all
            }
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.problem())?;
        writeln!(f, "Error type: {}", self.kind)?;
        writeln!(f, "Status code: {}", self.status.as_u16())?;
        writeln!(f, "Request: {} {}", self.method, self.url)?;
        write!(f, "Request ID: {}", self.request_id)
    }
}

impl std::error::Error for ApiError {}
