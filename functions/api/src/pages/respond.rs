//! How pages answer: with themselves, or with where to go on.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

use super::flash;
use crate::error::ApiError;

/// A page.
pub(super) fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => ApiError::internal(error).into_response(),
    }
}

/// Where a form leads to: 303, so that reloading sends nothing again.
pub(super) struct Go {
    to: String,
    cookies: Vec<HeaderValue>,
}

impl Go {
    /// To a path of ours.
    pub(super) fn to(path: impl Into<String>) -> Self {
        Self {
            to: path.into(),
            cookies: Vec::new(),
        }
    }

    /// And says something there, once.
    pub(super) fn saying(mut self, text: &str) -> Self {
        self.cookies.extend(flash::cookie(text));
        self
    }

    /// With a cookie.
    pub(super) fn with(mut self, cookie: Option<HeaderValue>) -> Self {
        self.cookies.extend(cookie);
        self
    }
}

impl IntoResponse for Go {
    fn into_response(self) -> Response {
        let mut response = StatusCode::SEE_OTHER.into_response();
        let headers = response.headers_mut();
        match HeaderValue::from_str(&in_ascii(&self.to)) {
            Ok(to) => headers.insert(header::LOCATION, to),
            Err(error) => return ApiError::internal(error).into_response(),
        };
        for cookie in self.cookies {
            headers.append(header::SET_COOKIE, cookie);
        }
        response
    }
}

/// Letters of names that no header can carry, percent-encoded.
fn in_ascii(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            byte if byte.is_ascii_graphic() => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// A path of ours that somebody asked to be sent to; `/` if it leads elsewhere.
pub(super) fn local(path: &str) -> &str {
    let is_local = path.starts_with('/')
        && !path.starts_with("//")
        && path
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_local { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere() {
        for path in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "/\t/evil.example",
            "javascript:alert(1)",
            "",
            "evil",
        ] {
            assert_eq!(local(path), "/", "{path}");
        }
        assert_eq!(in_ascii("/projects/\u{e5}l"), "/projects/%C3%A5l");
        assert_eq!(local("/projects/sill?a=1"), "/projects/sill?a=1");
    }
}
