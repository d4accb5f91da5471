//! JSON web tokens (RFC 7519) by HS256. The algorithm is fixed by us, never read from the token (RFC 8725 §3.1), and the
//! `type` claim keeps one kind of token from standing in for another (§3.12).

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::keys::SigningKey;

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// Bearer token of the API.
    AccessToken,
    /// Buys access tokens.
    RefreshToken,
}

#[derive(Serialize, Deserialize)]
struct RawClaims {
    sub: String,
    iat: i64,
    exp: i64,
    jti: Uuid,
    #[serde(rename = "type")]
    kind: TokenKind,
    /// Tokens of releases without generations have the first one.
    #[serde(default)]
    generation: i32,
}

/// What a valid token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claims {
    /// The account.
    pub user_id: i64,
    /// The token's own identity.
    pub jti: Uuid,
    /// When it was issued, whole seconds.
    pub issued_at: DateTime<Utc>,
    /// The generation of the account's tokens that it belongs to.
    pub generation: i32,
}

/// A new token.
#[derive(Clone)]
pub struct IssuedToken {
    /// Its id.
    pub jti: Uuid,
    /// The token; never logged.
    pub token: String,
    /// When it ends, unix seconds.
    pub expires_at: i64,
}

/// A token that is not accepted. One variant on purpose: a caller must not learn why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Forged, expired, of another kind, or no token at all.
    #[error("the token is not valid")]
    Invalid,
    /// A new token could not be signed.
    #[error("the token could not be signed")]
    Signing,
}

/// The secrets and the lifetimes.
#[derive(Clone)]
pub struct TokenKeys {
    pub(crate) current: SigningKey,
    /// Verifies and signs nothing: the secret that the current one has replaced.
    pub(crate) previous: Option<SigningKey>,
    access_seconds: i64,
    refresh_seconds: i64,
}

impl TokenKeys {
    /// Keys from the shared secret; lifetimes in seconds.
    #[must_use]
    pub fn new(secret: &[u8], access_seconds: i64, refresh_seconds: i64) -> Self {
        crate::crypto::install();
        Self {
            current: SigningKey::new(secret),
            previous: None,
            access_seconds,
            refresh_seconds,
        }
    }

    /// Takes tokens of the secret before, too, so that a rotation ends no session.
    #[must_use]
    pub fn with_previous(self, secret: Option<&[u8]>) -> Self {
        Self {
            previous: secret.map(SigningKey::new),
            ..self
        }
    }

    /// Signs a token for an account. It is void once the account's tokens have another generation.
    ///
    /// # Errors
    /// If signing fails.
    pub fn issue(
        &self,
        kind: TokenKind,
        user_id: i64,
        generation: i32,
        now: DateTime<Utc>,
    ) -> Result<IssuedToken, TokenError> {
        let seconds = match kind {
            TokenKind::AccessToken => self.access_seconds,
            TokenKind::RefreshToken => self.refresh_seconds,
        };
        let expires_at = (now + Duration::seconds(seconds)).timestamp();
        let jti = Uuid::new_v4();
        let claims = RawClaims {
            sub: user_id.to_string(),
            iat: now.timestamp(),
            exp: expires_at,
            jti,
            kind,
            generation,
        };
        Ok(IssuedToken {
            jti,
            token: self.sign(&claims)?,
            expires_at,
        })
    }

    /// Reads a token of the given kind. No leeway: both clocks are ours.
    ///
    /// # Errors
    /// If it is not a valid token of that kind now.
    pub fn verify(&self, token: &str, kind: TokenKind) -> Result<Claims, TokenError> {
        let claims: RawClaims = self.read(token)?;
        if claims.kind != kind {
            return Err(TokenError::Invalid);
        }
        Ok(Claims {
            user_id: claims.sub.parse().map_err(|_| TokenError::Invalid)?,
            jti: claims.jti,
            issued_at: DateTime::from_timestamp(claims.iat, 0).ok_or(TokenError::Invalid)?,
            generation: claims.generation,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> TokenKeys {
        TokenKeys::new(b"a secret of the test", 900, 604_800)
    }

    #[test]
    fn a_token_serves_its_own_kind_only() {
        let now = Utc::now();
        let access = keys().issue(TokenKind::AccessToken, 7, 3, now).unwrap();
        assert_eq!(access.expires_at, now.timestamp() + 900);
        let claims = keys()
            .verify(&access.token, TokenKind::AccessToken)
            .unwrap();
        assert_eq!(
            (
                claims.user_id,
                claims.generation,
                claims.issued_at.timestamp()
            ),
            (7, 3, now.timestamp())
        );
        assert_eq!(
            keys().verify(&access.token, TokenKind::RefreshToken),
            Err(TokenError::Invalid)
        );
    }

    #[test]
    fn expired_forged_and_unsigned_tokens_are_refused() {
        let kind = TokenKind::AccessToken;
        let old = keys()
            .issue(kind, 7, 0, Utc::now() - Duration::seconds(901))
            .unwrap();
        assert_eq!(keys().verify(&old.token, kind), Err(TokenError::Invalid));
        let forged = TokenKeys::new(b"another secret", 900, 900)
            .issue(kind, 7, 0, Utc::now())
            .unwrap();
        assert_eq!(keys().verify(&forged.token, kind), Err(TokenError::Invalid));
        let good = keys().issue(kind, 7, 0, Utc::now()).unwrap().token;
        let (header_and_claims, _) = good.rsplit_once('.').unwrap();
        let claims = header_and_claims.split_once('.').unwrap().1;
        // {"alg":"none","typ":"JWT"}
        let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{claims}.");
        assert_eq!(keys().verify(&unsigned, kind), Err(TokenError::Invalid));
        assert_eq!(keys().verify("", kind), Err(TokenError::Invalid));
    }

    #[test]
    fn a_rotation_ends_no_token_and_a_second_one_does() {
        let kind = TokenKind::RefreshToken;
        let of = |secret: &[u8]| TokenKeys::new(secret, 900, 604_800);
        let old = of(b"the first")
            .issue(kind, 7, 0, Utc::now())
            .unwrap()
            .token;
        let rotated = of(b"the second").with_previous(Some(b"the first"));
        assert!(rotated.verify(&old, kind).is_ok());
        let new = rotated.issue(kind, 7, 0, Utc::now()).unwrap().token;
        assert!(of(b"the second").verify(&new, kind).is_ok());
        assert_eq!(
            of(b"the first").verify(&new, kind),
            Err(TokenError::Invalid)
        );
        let again = of(b"the third").with_previous(Some(b"the second"));
        assert_eq!(again.verify(&old, kind), Err(TokenError::Invalid));
    }
}
