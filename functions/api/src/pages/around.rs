//! What happens around every page: who asks, whether a form is ours, how an error reads, and what browsers may do with it.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    extract::{FromRequestParts, Request},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts};

use super::{
    cookies, csrf,
    error::{as_page, wants_page},
    flash,
    frame::Frame,
    session, theme,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{Origin, read},
};

/// How long a form may lie open, seconds.
const CSRF_SECONDS: i64 = 30 * 86_400;

/// Headers of all pages. Nothing but our own files is loaded, no script or style stands in a page, and no other site shows
/// a page of ours in a frame.
const HEADERS: [(HeaderName, &str); 4] = [
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::CACHE_CONTROL, "no-store"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
];

/// The layer around the pages.
pub(super) async fn around(state: AppState, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    // Pages know people by their session alone.
    parts.headers.remove(header::AUTHORIZATION);
    let (csrf, is_new) = csrf::of(&parts.headers);
    let mut frame = Frame {
        csrf,
        flash: flash::of(&parts.headers),
        theme: theme::of(&parts.headers),
        operator: Arc::clone(&state.settings.operator_pages),
        here: here(&parts),
        ..Frame::default()
    };
    let mut set = Vec::new();
    if is_new {
        set.extend(cookies::set(cookies::CSRF, &frame.csrf, CSRF_SECONDS));
    }
    let is_get = matches!(parts.method, Method::GET | Method::HEAD);
    let as_html = wants_page(&parts.headers);
    let prepared = prepare(&state, &mut parts, body, is_get, &mut frame, &mut set).await;
    let mut response = match prepared {
        Ok(body) => {
            parts.extensions.insert(frame.clone());
            next.run(Request::from_parts(parts, body)).await
        }
        Err(error) => error.into_response(),
    };
    if let Some(error) = response.extensions_mut().remove::<ApiError>()
        && as_html
    {
        response = as_page(frame.clone(), &error, is_get);
        // A session that opens nothing any more must not keep anybody from the login page.
        if error.status() == StatusCode::UNAUTHORIZED {
            set.extend(cookies::clear(cookies::SESSION));
        }
    }
    let shown = response.headers().get(header::CONTENT_TYPE).is_some();
    if frame.flash.is_some() && shown {
        set.extend(cookies::clear(cookies::FLASH));
    }
    finish(response.headers_mut(), &state, set);
    response
}

/// Path and query of a page that can be opened again; of a form's answer the front page.
fn here(parts: &Parts) -> String {
    let path = parts
        .uri
        .path_and_query()
        .filter(|_| parts.method == Method::GET);
    path.map_or("/", |path| path.as_str()).to_owned()
}

/// Looks for the session; of a request that may change something, looks whether it is ours.
async fn prepare(
    state: &AppState,
    parts: &mut Parts,
    body: Body,
    is_get: bool,
    frame: &mut Frame,
    set: &mut Vec<HeaderValue>,
) -> Result<Body, ApiError> {
    let body = if is_get {
        body
    } else {
        let bytes: Bytes = read(Request::from_parts(parts.clone(), body), state).await?;
        csrf::check(&parts.headers, &bytes)?;
        Body::from(bytes)
    };
    let Ok(origin) = Origin::from_request_parts(parts, state).await;
    if let Some(open) = session::open(state, &parts.headers, origin).await? {
        frame.signed_in = true;
        set.extend(open.renewed);
        parts.extensions.insert(open.session);
    }
    Ok(body)
}

/// Sets the headers of all pages, and cookies before those of the handler. A page that needs another policy has set it.
pub(super) fn finish(headers: &mut HeaderMap, state: &AppState, set: Vec<HeaderValue>) {
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, state.page_policy.clone());
    }
    // What a handler set stands last, and holds.
    let handlers: Vec<HeaderValue> = headers
        .get_all(header::SET_COOKIE)
        .iter()
        .cloned()
        .collect();
    headers.remove(header::SET_COOKIE);
    for cookie in set.into_iter().chain(handlers) {
        headers.append(header::SET_COOKIE, cookie);
    }
}

/// The same with what igv.js 3.8.10 needs: the two style elements that it writes into its page, by their content, and its
/// pictures, which are part of it.
pub(super) fn policy_with_igv(policy: &HeaderValue) -> HeaderValue {
    const STYLES: &str = "style-src 'self' 'sha256-ITHmamcImsZ/Je1xrdtDLZVvRSpj1Zokb6uHXORB824=' \
                          'sha256-NTwDUA6nIvRRpI2lIBtHJqkV0TlTj4HVmI6vI81fIfM='";
    let strict = policy.to_str().unwrap_or_default();
    let text = strict.replace("style-src 'self'", STYLES);
    let text = text.replace("img-src 'self'", "img-src 'self' data:");
    HeaderValue::from_str(&text).unwrap_or_else(|_| policy.clone())
}

/// The same with pictures that are part of a style, as Swagger UI's are.
pub(super) fn policy_with_pictures(policy: &HeaderValue) -> HeaderValue {
    let strict = policy.to_str().unwrap_or_default();
    let text = strict.replace("img-src 'self'", "img-src 'self' data:");
    HeaderValue::from_str(&text).unwrap_or_else(|_| policy.clone())
}

/// What a page may load and reach. Files go to and come from the store, so scripts may reach it.
pub(crate) fn policy(store: &str) -> HeaderValue {
    let text = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' {store}; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// igv.js gets two styles and pictures; scripts stay ours, and nothing inline is let in by a word.
    #[test]
    fn the_policy_for_igv_is_looser_in_two_places_alone() {
        let strict = policy("https://store.example");
        let loose = policy_with_igv(&strict);
        let parts = |policy: &HeaderValue| -> Vec<String> {
            let text = policy.to_str().unwrap_or_default().to_owned();
            text.split("; ").map(str::to_owned).collect()
        };
        let (strict, loose) = (parts(&strict), parts(&loose));
        let differ = strict
            .iter()
            .zip(&loose)
            .filter(|(one, other)| one != other);
        let differ: Vec<&str> = differ.map(|(_, loose)| loose.as_str()).collect();
        assert_eq!(strict.len(), loose.len());
        assert_eq!(differ.len(), 2, "{loose:?}");
        assert!(
            differ[0].starts_with("style-src 'self' 'sha256-"),
            "{differ:?}"
        );
        assert_eq!(differ[1], "img-src 'self' data:");
        assert!(!loose.join(" ").contains("unsafe"), "{loose:?}");
    }
}
