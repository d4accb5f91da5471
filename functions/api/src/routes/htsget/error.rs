//! Errors as the protocol words them.

use axum::{
    Json,
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use divbase_contract::{
    ErrorType,
    field::bounded,
    htsget::{HTSGET_TYPE, NoTicket, NoTicketAnswer},
};
use http::{HeaderValue, StatusCode, header};

use crate::error::ApiError;

/// Why there is no ticket.
#[derive(Debug)]
pub(super) enum HtsgetError {
    /// What every route may say.
    Api(ApiError),
    /// The file is not stored in that format.
    UnsupportedFormat(String),
    /// The request is not one of the protocol.
    InvalidInput(String),
    /// The range cannot be.
    InvalidRange(String),
    /// There is no such scaffold.
    NotFound(String),
}

impl From<ApiError> for HtsgetError {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

impl IntoResponse for HtsgetError {
    fn into_response(self) -> Response {
        match self {
            // The layer around the routes words it.
            Self::Api(error) => error.into_response(),
            Self::UnsupportedFormat(text) => {
                answer(StatusCode::BAD_REQUEST, "UnsupportedFormat", text)
            }
            Self::InvalidInput(text) => answer(StatusCode::BAD_REQUEST, "InvalidInput", text),
            Self::InvalidRange(text) => answer(StatusCode::BAD_REQUEST, "InvalidRange", text),
            Self::NotFound(text) => answer(StatusCode::NOT_FOUND, "NotFound", text),
        }
    }
}

fn answer(status: StatusCode, error: &str, message: String) -> Response {
    let body = NoTicketAnswer {
        htsget: NoTicket {
            error: error.to_owned(),
            message: bounded(message),
        },
    };
    let content_type = [(header::CONTENT_TYPE, HTSGET_TYPE)];
    (status, content_type, Json(body)).into_response()
}

/// Words the errors of extractors and handlers.
pub(super) async fn as_htsget(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let Some(error) = response.extensions_mut().remove::<ApiError>() else {
        return response;
    };
    let (status, name) = match error.status() {
        StatusCode::UNAUTHORIZED => (StatusCode::UNAUTHORIZED, "InvalidAuthentication"),
        StatusCode::FORBIDDEN => (StatusCode::FORBIDDEN, "PermissionDenied"),
        StatusCode::NOT_FOUND => (StatusCode::NOT_FOUND, "NotFound"),
        StatusCode::PAYLOAD_TOO_LARGE => (StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLarge"),
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => {
            (StatusCode::BAD_REQUEST, "InvalidInput")
        }
        // The protocol has no names for these.
        status if status.is_server_error() => (status, "InternalError"),
        status => (status, "InvalidInput"),
    };
    let texts = error.texts().join("; ");
    let mut worded = answer(status, name, texts);
    if error.kind() == ErrorType::Authentication || status == StatusCode::UNAUTHORIZED {
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
