//! The keys that a provider signs with (RFC 7517). They are kept for an hour; a token that names a key which is not among
//! them has them asked for again, for providers change keys without notice.

use jsonwebtoken::{
    Algorithm, AlgorithmFamily, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse},
};
use serde::Deserialize;
use serde_json::Value;

use crate::{SsoError, client::json};

/// Most keys of a set that are looked at.
const MOST: usize = 100;

#[derive(Deserialize)]
struct Set {
    keys: Vec<Value>,
}

/// A key that can verify.
struct Key {
    id: Option<String>,
    /// The algorithm that it is for, if it says so.
    algorithm: Option<KeyAlgorithm>,
    curve: Option<EllipticCurve>,
    key: DecodingKey,
}

/// The keys of a provider.
pub(crate) struct Keys(Vec<Key>);

impl Keys {
    /// Asks the provider.
    ///
    /// # Errors
    /// If it does not answer.
    pub(crate) async fn fetch(http: &reqwest::Client, url: url::Url) -> Result<Self, SsoError> {
        let set: Set = json(http.get(url), "the key set").await?;
        Ok(Self::of(set.keys))
    }

    /// Those of a set that we can use. One that we do not understand spoils no other.
    pub(crate) fn of(set: Vec<Value>) -> Self {
        let keys = set.into_iter().take(MOST).filter_map(|key| {
            let jwk: Jwk = serde_json::from_value(key).ok()?;
            let signs = matches!(
                jwk.common.public_key_use,
                None | Some(PublicKeyUse::Signature)
            );
            // A secret in a public set is nobody's secret.
            let is_public = !matches!(jwk.algorithm, AlgorithmParameters::OctetKey(_));
            if !signs || !is_public {
                return None;
            }
            let curve = match &jwk.algorithm {
                AlgorithmParameters::EllipticCurve(key) => Some(key.curve.clone()),
                AlgorithmParameters::OctetKeyPair(key) => Some(key.curve.clone()),
                _ => None,
            };
            Some(Key {
                key: DecodingKey::from_jwk(&jwk).ok()?,
                id: jwk.common.key_id,
                algorithm: jwk.common.key_algorithm,
                curve,
            })
        });
        Self(keys.collect())
    }

    /// Those that may have made a token of this header.
    pub(crate) fn fitting<'a>(
        &'a self,
        id: Option<&'a str>,
        algorithm: Algorithm,
    ) -> impl Iterator<Item = &'a DecodingKey> {
        let fits = move |key: &&Key| {
            let named = id.is_none_or(|id| key.id.as_deref() == Some(id));
            let meant = key
                .algorithm
                .is_none_or(|meant| meant == KeyAlgorithm::from(algorithm));
            named && meant && key.key.family() == algorithm.family() && on_curve(key, algorithm)
        };
        self.0.iter().filter(fits).map(|key| &key.key)
    }
}

fn on_curve(key: &Key, algorithm: Algorithm) -> bool {
    let curve = match algorithm {
        Algorithm::ES256 => EllipticCurve::P256,
        Algorithm::ES384 => EllipticCurve::P384,
        Algorithm::EdDSA => EllipticCurve::Ed25519,
        _ => return algorithm.family() == AlgorithmFamily::Rsa,
    };
    key.curve == Some(curve)
}
