//! Errors as the protocol words them.

use axum::{
    Json,
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use divbase_contract::drs::DrsError;
use http::{HeaderValue, StatusCode, header};

use crate::error::ApiError;

/// Words the errors of extractors and handlers.
pub(super) async fn as_drs(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let Some(error) = response.extensions_mut().remove::<ApiError>() else {
        return response;
    };
    // What does not fit a schema is a bad request to the protocol.
    let status = match error.status() {
        StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
        status => status,
    };
    let body = DrsError {
        msg: error.texts().join("; "),
        status_code: status.as_u16(),
    };
    let mut worded = (status, Json(body)).into_response();
    if status == StatusCode::UNAUTHORIZED {
        let scheme = HeaderValue::from_static("Bearer");
        worded
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, scheme);
    }
    if let Some(wait) = response.headers_mut().remove(header::RETRY_AFTER) {
        worded.headers_mut().insert(header::RETRY_AFTER, wait);
    }
    worded
}
