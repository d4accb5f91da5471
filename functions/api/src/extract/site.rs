//! Where the service is, as whoever asks reaches it.

use axum::extract::FromRequestParts;
use http::{HeaderMap, header, request::Parts};

use crate::{AppState, error::ApiError};

/// Longest name of a host (RFC 1035 §2.3.4), with a port.
const HOST_MAX_BYTES: usize = 255 + 6;

/// The host that was asked; none if it is no plain name or number.
pub(crate) fn host(headers: &HeaderMap) -> Option<&str> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-.:[]".contains(c);
    let is_host = (1..=HOST_MAX_BYTES).contains(&host.len()) && host.chars().all(plain);
    is_host.then_some(host)
}

/// The address of the pages, without a slash at its end: the operator's word for it, or the host that was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site(pub(crate) String);

impl Site {
    fn of(public_api_url: Option<&str>, host: Option<&str>, scheme: &str) -> Option<Self> {
        let site = match public_api_url {
            Some(api) => {
                let api = api.trim_end_matches('/');
                api.strip_suffix("/api").unwrap_or(api).to_owned()
            }
            None => format!("{scheme}://{}", host?),
        };
        Some(Self(site))
    }
}

impl FromRequestParts<AppState> for Site {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let settings = &state.settings;
        // A deployed function is behind a gateway that speaks TLS alone.
        let scheme = match settings.environment.is_development() {
            true => "http",
            false => "https",
        };
        let named = settings.public_api_url.as_deref();
        Self::of(named, host(&parts.headers), scheme)
            .ok_or_else(|| ApiError::bad_request("The request names no host (`Host`)."))
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_site_is_a_whole_address() {
        let site = |api, host| Site::of(api, host, "https").map(|site| site.0);
        let named = Some("https://divbase.example.org/api/");
        assert_eq!(
            site(named, None).as_deref(),
            Some("https://divbase.example.org")
        );
        let asked = site(None, Some("abc.execute-api.example.com"));
        assert_eq!(
            asked.as_deref(),
            Some("https://abc.execute-api.example.com")
        );
        assert_eq!(site(None, None), None);
    }

    #[test]
    fn a_host_is_a_name_and_nothing_else() {
        let of = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static(text));
            host(&headers).map(str::to_owned)
        };
        assert_eq!(of("[::1]:8000").as_deref(), Some("[::1]:8000"));
        for bad in ["", "a/b", "a@b", "a?b", "a b"] {
            assert_eq!(of(bad), None, "{bad}");
        }
    }
}
