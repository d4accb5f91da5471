//! The ID token: who somebody is, signed by the provider (OpenID Connect Core 1.0 §3.1.3.7).

use jsonwebtoken::{Algorithm, Validation, decode_header, errors::ErrorKind};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{SsoError, keys::Keys, provider::Provider};

/// By how much the provider's clock may differ from ours, seconds.
const SKEW: u64 = 60;
/// Longest token, bytes.
const LONGEST: usize = 16 * 1024;
/// Longest subject, characters (§2).
const LONGEST_SUBJECT: usize = 255;

/// Algorithms that are taken: those with a public key. An HMAC with the client's secret is none of them, for whoever knows
/// the secret could then say who anybody is; nor is `none`.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// Claims of a token that holds.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct IdClaims {
    pub(crate) sub: String,
    aud: Audience,
    iat: u64,
    #[serde(default)]
    nonce: Option<String>,
    #[serde(default)]
    azp: Option<String>,
    #[serde(flatten)]
    pub(crate) others: Map<String, Value>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    fn is_only(&self, client_id: &str) -> bool {
        match self {
            Self::One(one) => one == client_id,
            Self::Many(many) => matches!(many.as_slice(), [one] if one == client_id),
        }
    }
}

/// What came of a token.
pub(crate) enum Judged {
    Holds(IdClaims),
    /// It names a key that is not among these.
    UnknownKey,
}

/// Judges a token by keys of the provider.
///
/// # Errors
/// If it is not one that the provider made for us, now, in answer to the request with this nonce.
pub(crate) fn judge(
    token: &str,
    provider: &Provider,
    keys: &Keys,
    nonce: &str,
) -> Result<Judged, SsoError> {
    divbase_auth::crypto::install();
    if token.len() > LONGEST {
        return Err(SsoError::Token("it is too long"));
    }
    // `none` is not even read: no algorithm has that name.
    let header = decode_header(token)?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(SsoError::Token("its algorithm is not taken"));
    }
    if header.crit.is_some() {
        return Err(SsoError::Token("it has extensions that must be understood"));
    }
    let mut validation = Validation::new(header.alg);
    validation.leeway = SKEW;
    validation.validate_nbf = true;
    validation.set_issuer(&[&provider.issuer]);
    validation.set_audience(&[&provider.client_id]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    let mut refused = None;
    for key in keys.fitting(header.kid.as_deref(), header.alg) {
        match jsonwebtoken::decode::<IdClaims>(token, key, &validation) {
            Ok(token) => {
                token.claims.judge(provider, nonce)?;
                return Ok(Judged::Holds(token.claims));
            }
            // Without an id any of the keys may have made it.
            Err(error) if matches!(error.kind(), ErrorKind::InvalidSignature) => {
                refused = Some(error);
            }
            Err(error) => return Err(error.into()),
        }
    }
    match refused {
        Some(error) if header.kid.is_some() => Err(error.into()),
        _ => Ok(Judged::UnknownKey),
    }
}

impl IdClaims {
    fn judge(&self, provider: &Provider, nonce: &str) -> Result<(), SsoError> {
        if self.nonce.as_deref() != Some(nonce) {
            return Err(SsoError::Token("it answers another request"));
        }
        let is_party = self
            .azp
            .as_deref()
            .is_none_or(|azp| azp == provider.client_id);
        let is_ours = self.aud.is_only(&provider.client_id) || self.azp.is_some();
        if !is_party || !is_ours {
            return Err(SsoError::Token("it is for another party"));
        }
        if self.iat > jsonwebtoken::get_current_timestamp() + SKEW {
            return Err(SsoError::Token("it is from the future"));
        }
        if !is_subject(&self.sub) {
            return Err(SsoError::Token("its subject is none"));
        }
        Ok(())
    }
}

fn is_subject(text: &str) -> bool {
    (1..=LONGEST_SUBJECT).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}
