//! HTTP to providers: TLS, no redirects, everything bounded.

use std::time::Duration;

use reqwest::{Client, RequestBuilder, Response, StatusCode, redirect::Policy};
use serde::de::DeserializeOwned;

use crate::SsoError;

/// How long a provider may take for an answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Largest answer, bytes.
const LARGEST: usize = 512 * 1024;

/// A client for all providers. The roots are Mozilla's: a function has none of its own.
///
/// # Errors
/// If TLS cannot be set up.
pub(crate) fn client() -> Result<Client, reqwest::Error> {
    // A provider may be installed already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS
        .iter()
        .filter_map(|der| reqwest::Certificate::from_der(der).ok());
    Client::builder()
        .user_agent(concat!("divbase/", env!("CARGO_PKG_VERSION")))
        .tls_certs_only(roots)
        .redirect(Policy::none())
        .timeout(PATIENCE)
        .build()
}

/// Status and body of an answer.
pub(crate) async fn send(
    request: RequestBuilder,
    place: &'static str,
) -> Result<(StatusCode, Vec<u8>), SsoError> {
    let response = request.send().await.map_err(unreachable)?;
    let status = response.status();
    Ok((status, bounded(response, place).await?))
}

/// The JSON of a successful answer.
pub(crate) async fn json<T: DeserializeOwned>(
    request: RequestBuilder,
    place: &'static str,
) -> Result<T, SsoError> {
    let response = request.send().await.and_then(Response::error_for_status);
    let bytes = bounded(response.map_err(unreachable)?, place).await?;
    read(&bytes, place)
}

pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8], place: &'static str) -> Result<T, SsoError> {
    serde_json::from_slice(bytes).map_err(|source| SsoError::Unreadable { place, source })
}

async fn bounded(mut response: Response, place: &'static str) -> Result<Vec<u8>, SsoError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if bytes.len() + chunk.len() > LARGEST {
            return Err(SsoError::TooLarge(place));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn unreachable(error: reqwest::Error) -> SsoError {
    // Addresses of token requests carry nothing secret, but neither are they anybody's business.
    SsoError::Unreachable(error.without_url())
}
