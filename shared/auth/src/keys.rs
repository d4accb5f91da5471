//! The secrets behind our tokens. Each token says whose it is, whom it is for and which secret signed it (RFC 7515 §4.1.4,
//! RFC 7519 §4.1), and one without any of the three is refused.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use ring::hmac;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{IndexLink, SecondStep, SignInFlow, TokenError, TokenKeys};

/// `iss` of our tokens.
pub const ISSUER: &str = "divbase";
/// `aud` of our tokens: they are for ourselves.
pub const AUDIENCE: &str = "divbase-api";
/// Bytes of the digest that names a secret.
const ID_BYTES: usize = 8;

/// A secret and its name.
#[derive(Clone)]
pub(crate) struct SigningKey {
    id: String,
    encoding: EncodingKey,
    decoding: DecodingKey,
}

/// `kid` of the tokens that a secret signs. It does not tell the secret.
#[must_use]
pub fn key_id(secret: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    hex::encode(&hmac::sign(&key, b"key id\0").as_ref()[..ID_BYTES])
}

impl SigningKey {
    pub(crate) fn new(secret: &[u8]) -> Self {
        Self {
            id: key_id(secret),
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
        }
    }

    /// A keyed digest. The purpose keeps what is made here from being taken for anything else that the secret signs.
    pub(crate) fn mac(&self, purpose: &[u8], bytes: &[u8]) -> [u8; 32] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.encoding.as_bytes());
        let mut context = hmac::Context::with_key(&key);
        context.update(purpose);
        context.update(bytes);
        let mut mac = [0; 32];
        mac.copy_from_slice(context.sign().as_ref());
        mac
    }
}

#[derive(Serialize)]
struct Signed<'a, T> {
    iss: &'static str,
    aud: &'static str,
    #[serde(flatten)]
    claims: &'a T,
}

#[derive(Deserialize)]
struct Read<T> {
    #[serde(flatten)]
    claims: T,
}

/// What is signed besides tokens of the API. `type` keeps one from standing in for another, or for such a token.
#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Slip {
    IndexLink { exp: i64, link: IndexLink },
    SecondStep { exp: i64, step: SecondStep },
    SignInFlow { exp: i64, flow: SignInFlow },
}

impl TokenKeys {
    /// A token with these claims.
    pub(crate) fn sign(&self, claims: &impl Serialize) -> Result<String, TokenError> {
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some(self.current.id.clone());
        let signed = Signed {
            iss: ISSUER,
            aud: AUDIENCE,
            claims,
        };
        jsonwebtoken::encode(&header, &signed, &self.current.encoding)
            .map_err(|_| TokenError::Signing)
    }

    /// The claims of a token of ours that has not ended. No leeway: both clocks are ours.
    pub(crate) fn read<T: DeserializeOwned>(&self, token: &str) -> Result<T, TokenError> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError::Invalid)?;
        let key = [Some(&self.current), self.previous.as_ref()]
            .into_iter()
            .flatten()
            .find(|key| header.kid.as_deref() == Some(&key.id))
            .ok_or(TokenError::Invalid)?;
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 0;
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        jsonwebtoken::decode::<Read<T>>(token, &key.decoding, &validation)
            .map(|token| token.claims.claims)
            .map_err(|_| TokenError::Invalid)
    }
}
