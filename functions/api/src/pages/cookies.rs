//! The cookies of the pages. Their prefix `__Host-` has browsers refuse them from another host, from a path below, and over
//! a connection that is not secure; the loopback address counts as secure.

use http::{HeaderMap, HeaderValue, header};

/// The refresh token of the session.
pub(super) const SESSION: &str = "__Host-divbase";
/// What forms have to repeat.
pub(super) const CSRF: &str = "__Host-divbase-csrf";
/// What waits for an identity provider's answer.
pub(super) const FLOW: &str = "__Host-divbase-sso";
/// Who waits for a code.
pub(super) const STEP: &str = "__Host-divbase-step";
/// What the next page says once.
pub(super) const FLASH: &str = "__Host-divbase-flash";
/// `light` or `dark`, if somebody chose.
pub(super) const THEME: &str = "__Host-divbase-theme";

/// The value of a cookie.
pub(super) fn get<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// A cookie for so many seconds, for our own requests and for links that lead here, and for no script.
///
/// Nothing if the value is none that a cookie can have.
pub(super) fn set(name: &str, value: &str, seconds: i64) -> Option<HeaderValue> {
    let attributes = "Path=/; Secure; HttpOnly; SameSite=Lax";
    HeaderValue::from_str(&format!("{name}={value}; Max-Age={seconds}; {attributes}")).ok()
}

/// Has a cookie forgotten.
pub(super) fn clear(name: &str) -> Option<HeaderValue> {
    set(name, "", 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        let sent = "__Host-divbase-csrf=a; x__Host-divbase=b; __Host-divbase=c";
        headers.append(header::COOKIE, HeaderValue::from_static(sent));
        assert_eq!(get(&headers, SESSION), Some("c"));
        assert_eq!(get(&headers, FLASH), None);
        assert!(set(SESSION, "a\r\nSet-Cookie: b", 1).is_none());
    }
}
