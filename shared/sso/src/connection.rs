//! From the request to the provider to the identity that comes of its answer.

use std::{sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use divbase_auth::Secret;
use reqwest::Client;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use url::Url;

use crate::{
    Identity, Provider, SsoError,
    cached::Cached,
    client::{client, json},
    discovery::Metadata,
    id_token::{IdClaims, Judged, judge},
    keys::Keys,
    token::{Tokens, exchange},
};

/// How long a description and keys are kept.
const KEPT: Duration = Duration::from_secs(3600);
/// Keys younger than this are not asked for again, whatever a token names. The caller counts how often somebody comes back.
const YOUNG: Duration = Duration::from_secs(1);
/// Longest code, bytes.
const LONGEST_CODE: usize = 2048;

/// The providers of a system. Cheap to clone.
#[derive(Clone)]
pub struct SingleSignOn(Arc<Vec<Connection>>);

struct Connection {
    provider: Provider,
    redirect_uri: String,
    http: Client,
    metadata: Cached<Metadata>,
    keys: Cached<Keys>,
}

/// A request to a provider.
pub struct Begun {
    /// Where the browser goes.
    pub url: Url,
    /// What the answer has to repeat.
    pub state: String,
    /// What the ID token has to repeat.
    pub nonce: String,
    /// The secret behind the code challenge.
    pub verifier: String,
}

/// A provider's answer, as the browser brings it, with what the browser kept.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    /// The code.
    pub code: &'a str,
    /// The issuer, if the provider names it.
    pub issuer: Option<&'a str>,
    /// Of [`Begun`].
    pub nonce: &'a str,
    /// Of [`Begun`].
    pub verifier: &'a str,
}

impl SingleSignOn {
    /// Providers that send people back to the pages beside the API of this address, which ends in `/api`. None is asked
    /// anything yet.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub fn new(providers: Vec<Provider>, api_url: &str) -> Result<Self, SsoError> {
        if providers.is_empty() {
            return Ok(Self::none());
        }
        let http = client().map_err(SsoError::Unreachable)?;
        let api_url = api_url.trim_end_matches('/');
        let site = api_url.strip_suffix("/api").unwrap_or(api_url);
        let connect = |provider: Provider| Connection {
            redirect_uri: format!("{site}/login/callback/{}", provider.id),
            provider,
            http: http.clone(),
            metadata: Cached::default(),
            keys: Cached::default(),
        };
        Ok(Self(Arc::new(providers.into_iter().map(connect).collect())))
    }

    /// No provider.
    #[must_use]
    pub fn none() -> Self {
        Self(Arc::default())
    }

    /// The providers, in the order of the setting.
    pub fn providers(&self) -> impl Iterator<Item = &Provider> {
        self.0.iter().map(|connection| &connection.provider)
    }

    /// A provider by its id.
    #[must_use]
    pub fn provider(&self, id: &str) -> Option<&Provider> {
        self.providers().find(|provider| provider.id == id)
    }

    fn connection(&self, id: &str) -> Result<&Connection, SsoError> {
        let found = self
            .0
            .iter()
            .find(|connection| connection.provider.id == id);
        found.ok_or(SsoError::UnknownProvider)
    }

    /// A request to sign somebody in.
    ///
    /// # Errors
    /// If there is no such provider, or it does not describe itself.
    pub async fn begin(&self, id: &str) -> Result<Begun, SsoError> {
        let connection = self.connection(id)?;
        let metadata = connection.metadata().await?;
        let random = || Secret::generate("").expose().to_owned();
        let (state, nonce, verifier) = (random(), random(), random());
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        let provider = &connection.provider;
        let mut url = metadata.authorization_endpoint.0.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &provider.client_id)
            .append_pair("redirect_uri", &connection.redirect_uri)
            .append_pair("scope", &provider.scopes)
            .append_pair("state", &state)
            .append_pair("nonce", &nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        Ok(Begun {
            url,
            state,
            nonce,
            verifier,
        })
    }

    /// Who somebody is, by the provider's answer.
    ///
    /// # Errors
    /// If the answer is not the provider's, or not to our request.
    pub async fn finish(&self, id: &str, answer: Answer<'_>) -> Result<Identity, SsoError> {
        self.connection(id)?.finish(answer).await
    }
}

impl Connection {
    async fn metadata(&self) -> Result<Arc<Metadata>, SsoError> {
        self.metadata
            .get(KEPT, || Metadata::fetch(&self.http, &self.provider))
            .await
    }

    async fn finish(&self, answer: Answer<'_>) -> Result<Identity, SsoError> {
        let metadata = self.metadata().await?;
        // RFC 9207 §2.4: or one provider's code could be sent to another.
        match answer.issuer {
            Some(issuer) if issuer != self.provider.issuer => {
                return Err(SsoError::Token("the answer comes from another issuer"));
            }
            None if metadata.authorization_response_iss_parameter_supported => {
                return Err(SsoError::Token("the answer does not name its issuer"));
            }
            _ => {}
        }
        if answer.code.is_empty() || answer.code.len() > LONGEST_CODE {
            return Err(SsoError::Refused("the code is none".to_owned()));
        }
        let tokens = exchange(
            &self.http,
            &self.provider,
            &metadata,
            answer.code,
            answer.verifier,
            &self.redirect_uri,
        );
        let tokens = tokens.await?;
        let claims = self
            .claims(&metadata, &tokens.id_token, answer.nonce)
            .await?;
        let info = self.info(&metadata, &tokens, &claims).await?;
        let IdClaims { sub, others, .. } = claims;
        Ok(Identity::of(&self.provider, sub, &others, info.as_ref()))
    }

    async fn claims(
        &self,
        metadata: &Metadata,
        token: &str,
        nonce: &str,
    ) -> Result<IdClaims, SsoError> {
        for age in [KEPT, YOUNG] {
            let keys = self
                .keys
                .get(age, || Keys::fetch(&self.http, metadata.jwks_uri.0.clone()));
            match judge(token, &self.provider, &*keys.await?, nonce)? {
                Judged::Holds(claims) => return Ok(claims),
                Judged::UnknownKey => {}
            }
        }
        Err(SsoError::Token("none of the provider's keys made it"))
    }

    /// What the provider says besides, if the token does not say it all.
    async fn info(
        &self,
        metadata: &Metadata,
        tokens: &Tokens,
        claims: &IdClaims,
    ) -> Result<Option<Map<String, Value>>, SsoError> {
        let is_all = [self.provider.email_claim.as_str(), "name"]
            .iter()
            .all(|claim| claims.others.contains_key(*claim));
        let (false, Some(url), Some(token)) =
            (is_all, &metadata.userinfo_endpoint, &tokens.access_token)
        else {
            return Ok(None);
        };
        let request = self.http.get(url.0.clone()).bearer_auth(token);
        let info: Map<String, Value> = json(request, "the user info").await?;
        // OpenID Connect Core 1.0 §5.3.2.
        if info.get("sub").and_then(Value::as_str) == Some(claims.sub.as_str()) {
            Ok(Some(info))
        } else {
            Err(SsoError::OtherSubject)
        }
    }
}
