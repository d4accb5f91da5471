//! Forms that are ours: each repeats a random text that only we and the browser's cookie know. Another site's page can have
//! a browser send a form here, but can neither read the cookie nor set it.

use axum::body::Bytes;
use divbase_auth::Secret;
use http::{HeaderMap, StatusCode};
use url::form_urlencoded;

use super::cookies;
use crate::error::ApiError;

/// The field of a form.
const FIELD: &str = "csrf";
/// The header of a script's request.
const HEADER: &str = "x-csrf-token";
/// Shortest text that is one of ours.
const SHORTEST: usize = 32;

/// The text that the browser has, or a new one.
pub(super) fn of(headers: &HeaderMap) -> (String, bool) {
    match cookies::get(headers, cookies::CSRF).filter(|text| is_ours(text)) {
        Some(text) => (text.to_owned(), false),
        None => (Secret::generate("").expose().to_owned(), true),
    }
}

fn is_ours(text: &str) -> bool {
    text.len() >= SHORTEST
        && text.len() <= 2 * SHORTEST
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Whether a request that changes something comes from a page of ours.
///
/// # Errors
/// 403 if not.
pub(super) fn check(headers: &HeaderMap, body: &Bytes) -> Result<(), ApiError> {
    let site = headers
        .get("sec-fetch-site")
        .and_then(|site| site.to_str().ok());
    let from_here = site.is_none_or(|site| matches!(site, "same-origin" | "none"));
    let kept = cookies::get(headers, cookies::CSRF).filter(|text| is_ours(text));
    let in_header = headers.get(HEADER).and_then(|text| text.to_str().ok());
    let repeated = match in_header {
        Some(text) => Some(text.to_owned()),
        None => form_urlencoded::parse(body)
            .find_map(|(key, value)| (key == FIELD).then(|| value.into_owned())),
    };
    match (kept, repeated) {
        (Some(kept), Some(repeated)) if from_here && kept == repeated => Ok(()),
        _ => Err(ApiError::http(
            StatusCode::FORBIDDEN,
            "This form is too old, or does not come from a page of ours. Go back, reload the page and send it again. \
             The browser must accept cookies of this site.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, header};

    use super::*;

    #[test]
    fn a_form_of_another_site_is_refused() {
        let text = "a".repeat(43);
        let with = |cookie: &str, site: &'static str| {
            let mut headers = HeaderMap::new();
            let cookie = format!("{}={cookie}", cookies::CSRF);
            headers.insert(header::COOKIE, HeaderValue::from_str(&cookie).unwrap());
            headers.insert("sec-fetch-site", HeaderValue::from_static(site));
            headers
        };
        let form = Bytes::from(format!("name=x&csrf={text}"));
        assert!(check(&with(&text, "same-origin"), &form).is_ok());
        assert!(check(&with(&text, "cross-site"), &form).is_err());
        assert!(check(&with(&"b".repeat(43), "same-origin"), &form).is_err());
        assert!(check(&with(&text, "same-origin"), &Bytes::from("name=x")).is_err());
        assert!(check(&with("", "same-origin"), &Bytes::from("csrf=")).is_err());
        assert!(check(&HeaderMap::new(), &form).is_err());
    }
}
