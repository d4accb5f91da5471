//! What the page says once that a form leads to.

use http::{HeaderMap, HeaderValue};
use url::form_urlencoded;

use super::cookies;

/// Longest text, bytes.
const LONGEST: usize = 1_000;
/// How long it waits for the page, seconds.
const SECONDS: i64 = 60;

/// The text that waits.
pub(super) fn of(headers: &HeaderMap) -> Option<String> {
    let value = cookies::get(headers, cookies::FLASH).filter(|value| !value.is_empty())?;
    let (text, _) = form_urlencoded::parse(value.as_bytes()).next()?;
    (text.len() <= LONGEST).then(|| text.into_owned())
}

/// Has a text wait for the next page.
pub(super) fn cookie(text: &str) -> Option<HeaderValue> {
    let value: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    cookies::set(cookies::FLASH, &value, SECONDS)
}
