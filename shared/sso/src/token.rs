//! The code, turned into tokens (RFC 6749 §4.1.3, RFC 7636 §4.5).

use reqwest::{RequestBuilder, StatusCode};
use serde::Deserialize;
use url::form_urlencoded::byte_serialize;

use divbase_contract::field::{on_one_line, shortened};

use crate::{
    SsoError,
    client::{read, send},
    discovery::Metadata,
    provider::Provider,
};

/// Longest reason of a provider that is logged, bytes.
const LONGEST_REASON: usize = 300;

/// What a code buys.
#[derive(Deserialize)]
pub(crate) struct Tokens {
    pub(crate) id_token: String,
    /// Opens the provider's user info, and nothing of ours.
    #[serde(default)]
    pub(crate) access_token: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    error: String,
    error_description: String,
}

/// Spends a code.
///
/// # Errors
/// If the provider does not answer, or refuses.
pub(crate) async fn exchange(
    http: &reqwest::Client,
    provider: &Provider,
    metadata: &Metadata,
    code: &str,
    verifier: &str,
    redirect_uri: &str,
) -> Result<Tokens, SsoError> {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", redirect_uri),
        ("code_verifier", verifier),
    ];
    let request = http.post(metadata.token_endpoint.0.clone());
    let request = identified(request, provider, metadata, &form);
    let (status, bytes) = send(request, "the token endpoint").await?;
    match status {
        StatusCode::OK => read(&bytes, "the token endpoint"),
        status => {
            let said: Refusal = serde_json::from_slice(&bytes).unwrap_or_default();
            let reason = format!("{status} {} {}", said.error, said.error_description);
            Err(SsoError::Refused(on_one_line(&shortened(
                reason,
                LONGEST_REASON,
            ))))
        }
    }
}

/// The request with the form, and who we are.
fn identified(
    request: RequestBuilder,
    provider: &Provider,
    metadata: &Metadata,
    form: &[(&str, &str)],
) -> RequestBuilder {
    let mut form = form.to_vec();
    match &provider.client_secret {
        Some(secret) if !metadata.wants_secret_in_form() => {
            // RFC 6749 §2.3.1: each encoded as in a form.
            let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
            request
                .basic_auth(encoded(&provider.client_id), Some(encoded(secret.expose())))
                .form(&form)
        }
        secret => {
            form.push(("client_id", &provider.client_id));
            if let Some(secret) = secret {
                form.push(("client_secret", secret.expose()));
            }
            request.form(&form)
        }
    }
}
