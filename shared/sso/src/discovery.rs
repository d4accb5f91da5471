//! What a provider says about itself (OpenID Connect Discovery 1.0 §3 and §4).

use serde::Deserialize;
use url::Url;

use crate::{
    SsoError,
    client::json,
    provider::{Provider, is_safe},
};

/// An address of a provider that we may talk to.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Endpoint(pub(crate) Url);

impl TryFrom<String> for Endpoint {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let url = Url::parse(&text).ok().filter(is_safe);
        url.map(Self).ok_or("an endpoint is no https address")
    }
}

/// The parts of a description that we use.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Metadata {
    issuer: String,
    pub(crate) authorization_endpoint: Endpoint,
    pub(crate) token_endpoint: Endpoint,
    pub(crate) jwks_uri: Endpoint,
    #[serde(default)]
    pub(crate) userinfo_endpoint: Option<Endpoint>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    /// RFC 9207 §3.
    #[serde(default)]
    pub(crate) authorization_response_iss_parameter_supported: bool,
}

impl Metadata {
    /// Asks the provider.
    ///
    /// # Errors
    /// If it does not answer, or describes another issuer, or an address that is not safe.
    pub(crate) async fn fetch(
        http: &reqwest::Client,
        provider: &Provider,
    ) -> Result<Self, SsoError> {
        let place = provider.issuer.trim_end_matches('/');
        let url = format!("{place}/.well-known/openid-configuration");
        let metadata: Self = json(http.get(url), "the discovery document").await?;
        // Discovery §4.3: exactly, or another provider's tokens would be taken for this one's.
        if metadata.issuer == provider.issuer {
            Ok(metadata)
        } else {
            Err(SsoError::Description("it names another issuer"))
        }
    }

    /// Whether the secret goes into the form; else into the header, as RFC 6749 §2.3.1 prefers.
    pub(crate) fn wants_secret_in_form(&self) -> bool {
        let methods = self.token_endpoint_auth_methods_supported.as_deref();
        let has =
            |name: &str| methods.is_some_and(|methods| methods.iter().any(|method| method == name));
        has("client_secret_post") && !has("client_secret_basic")
    }
}
