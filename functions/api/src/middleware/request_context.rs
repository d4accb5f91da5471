//! The request's id, the headers that every answer carries, and the last line of defence against panics.

use std::{any::Any, time::Instant};

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use divbase_contract::REQUEST_ID_HEADER;
use http::{HeaderName, HeaderValue, header};
use tracing::Instrument;
use uuid::Uuid;

use crate::{error::ApiError, extract::RequestId};

/// Gives the request an id, logs its outcome and sets the common response headers.
pub(crate) async fn request_context(mut request: Request, next: Next) -> Response {
    let id = Uuid::new_v4().to_string();
    let span = tracing::info_span!("request", request_id = %id, method = %request.method(), path = request.uri().path());
    request.extensions_mut().insert(RequestId(id.clone()));
    async {
        let started = Instant::now();
        let mut response = next.run(request).await;
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

/// A handler that panicked answers like any other fault of ours.
pub(crate) fn on_panic(panic: Box<dyn Any + Send>) -> Response {
    let text = panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    ApiError::internal(&format!("panic: {text}")).into_response()
}
