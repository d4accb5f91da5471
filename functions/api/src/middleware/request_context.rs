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
    let span = tracing::info_span!("request", request_id = %id, method = %request.method(), path = request.uri().path(),
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
