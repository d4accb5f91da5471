//! Talking HTTP: to the API (with version header, credentials, retries and the error envelope) and to the object store
//! (with none of the first two).

pub mod api;
mod attempt;
mod call;
pub mod envelope;
mod reason;
pub mod retry;
pub mod sign_in;

pub use reason::{proxy_for, reason};

use std::time::Duration;

use crate::failure::{Failure, Outcome};

/// Version that we tell the server: the stock client whose wire format we speak.
pub const SPOKEN_VERSION: &str = "0.1.0a9";

/// Longest time to wait for an answer of the API, unless the call says otherwise.
pub const API_TIMEOUT: Duration = Duration::from_secs(30);

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const STALL_TIMEOUT: Duration = Duration::from_secs(60);

/// One connection pool for everything that a command does.
///
/// # Errors
/// If TLS cannot be set up.
pub fn client() -> Outcome<reqwest::Client> {
    // A second call finds the provider installed: that is what we want.
    let _ = rustls::crypto::ring::default_provider().install_default();
    builder()
        .build()
        // A machine without certificates of its own, such as a small container, gets Mozilla's.
        .or_else(|_| builder().tls_certs_only(mozilla_roots()).build())
        .map_err(|error| Failure::Config(format!("could not set up TLS: {}", reason(&error))))
}

fn builder() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(concat!("divbase-cli/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(STALL_TIMEOUT)
}

fn mozilla_roots() -> impl Iterator<Item = reqwest::Certificate> {
    webpki_root_certs::TLS_SERVER_ROOT_CERTS
        .iter()
        .filter_map(|certificate| reqwest::Certificate::from_der(certificate).ok())
}
