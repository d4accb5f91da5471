//! The request's id, the headers that every answer carries, and the last line of defence against panics.

use std::{any::Any, time::Instant};

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use divbase_contract::REQUEST_ID_HEADER;
use divbase_telemetry::traces::TraceContext;
use http::{HeaderName, HeaderValue, header};
use tracing::{Instrument, Span, field};
use uuid::Uuid;

use crate::{error::ApiError, extract::RequestId};

/// Gives the request an id, logs its outcome and sets the common response headers.
pub(crate) async fn request_context(mut request: Request, next: Next) -> Response {
    let id = Uuid::new_v4().to_string();
    // What the caller says is written down only in our own words.
    let above = request.headers().get("traceparent");
    let above = above
        .and_then(|value| TraceContext::parse(value.to_str().ok()?))
        .map(|above| above.to_string());
    let span = tracing::info_span!("request", request_id = %id, method = %request.method(), path = logged(request.uri().path()),
        traceparent = above, status = field::Empty);
    request.extensions_mut().insert(RequestId(id.clone()));
    async {
        let started = Instant::now();
        let mut response = next.run(request).await;
        Span::current().record("status", response.status().as_u16());
        tracing::info!(
            status = response.status().as_u16(),
            milliseconds = started.elapsed().as_secs_f64() * 1000.0,
            "answered"
        );
        let headers = response.headers_mut();
        if let Ok(value) = HeaderValue::from_str(&id) {
            headers.insert(HeaderName::from_static(REQUEST_ID_HEADER), value);
        }
        headers.insert(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        );
        // Answers have tokens, signed URLs and data of projects: nothing keeps one whose handler does not say so.
        headers
            .entry(header::CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("no-store"));
        response
    }
    .instrument(span)
    .await
}

/// A path without the tokens that it may hold: who reads the log must not be able to use a link. Queries are never logged.
fn logged(path: &str) -> String {
    let mut before = "";
    let pieces = path.split('/').map(|piece| {
        let is_secret = before == "shared" || is_token(piece);
        before = piece;
        match is_secret && !piece.is_empty() {
            true => "…",
            false => piece,
        }
    });
    pieces.collect::<Vec<_>>().join("/")
}

/// Whether a piece of a path has one of our tokens in it: those that begin with our name, and JSON web tokens.
fn is_token(piece: &str) -> bool {
    let lower = piece.to_ascii_lowercase();
    lower.contains("divbase_") || lower.contains("divbase%5f") || piece.contains("eyJ")
}

/// A handler that panicked answers like any other fault of ours.
pub(crate) fn on_panic(panic: Box<dyn Any + Send>) -> Response {
    let text = panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    ApiError::internal(format!("panic: {text}")).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logged_path_has_no_token() {
        for (path, kept) in [
            ("/shared/divbase_shr_abc/download", "/shared/…/download"),
            ("/shared/whatever", "/shared/…"),
            ("/shared/", "/shared/"),
            ("/reset-password/divbase_rst_abc", "/reset-password/…"),
            ("/x/divbase%5Frst_abc", "/x/…"),
            ("/api/v1/eyJhbGciOi.eyJz.c", "/api/v1/…"),
            ("/projects/herring/files", "/projects/herring/files"),
        ] {
            assert_eq!(logged(path), kept);
        }
    }
}
