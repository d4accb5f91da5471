//! What is nowhere.

use axum::{
    extract::Request,
    response::{IntoResponse, Response},
};
use http::header;

use super::{around::finish, error::as_page, frame::Frame};
use crate::{AppState, error::ApiError};

/// 404, as a page for browsers and in the agreed envelope for programs.
pub(crate) async fn not_found(state: AppState, request: Request) -> Response {
    let error = ApiError::not_found("Not Found");
    let mut accepted = request.headers().get_all(header::ACCEPT).iter();
    let is_browser = accepted.any(|accept| {
        accept
            .to_str()
            .is_ok_and(|accept| accept.contains("text/html"))
    });
    if is_browser && !request.uri().path().starts_with("/api/") {
        let mut response = as_page(Frame::default(), &error, true);
        finish(response.headers_mut(), &state, Vec::new());
        return response;
    }
    error.into_response()
}
