//! Errors as pages: what went wrong, what to do, and the request's id for whoever is asked.

use askama::Template;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};

use super::{frame::Frame, respond::Go};
use crate::error::ApiError;

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    frame: Frame,
    title: &'static str,
}

/// Whether whoever asks reads pages. Scripts of ours ask for JSON.
pub(super) fn wants_page(headers: &HeaderMap) -> bool {
    let accepted = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok());
    accepted.is_none_or(|accept| !accept.starts_with("application/json"))
}

/// The error as a page, or the way to the login page for somebody who has not logged in.
pub(super) fn as_page(frame: Frame, error: &ApiError, is_get: bool) -> Response {
    let status = error.status();
    if status == StatusCode::UNAUTHORIZED {
        let next = if is_get { frame.here.as_str() } else { "/" };
        let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
        return Go::to(format!("/login?next={next}")).into_response();
    }
    let title = match status.as_u16() {
        403 => "You may not do this",
        404 => "Not found",
        409 => "Not now",
        429 => "Too often",
        400..=499 => "That did not work",
        _ => "Something broke on our side",
    };
    frame
        .refused(error)
        .page(|frame| ErrorPage { frame, title })
}
