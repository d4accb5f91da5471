//! Tokens that must not be accepted.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use divbase_auth::key_id;
use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::TestResult;

/// Claims as the service makes them; the end is so many seconds from now.
#[must_use]
pub fn claims(user_id: i64, kind: &str, ends_in: i64) -> Value {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs().cast_signed());
    json!({"iss": divbase_auth::ISSUER, "aud": divbase_auth::AUDIENCE, "sub": user_id.to_string(), "type": kind, "iat": now - 3_600, "exp": now + ends_in,
        "jti": Uuid::new_v4().to_string()})
}

/// Signed with this secret, and saying so.
///
/// # Errors
/// Never with these claims.
pub fn signed(secret: &str, claims: &Value) -> TestResult<String> {
    signed_as(secret, Some(&key_id(secret.as_bytes())), claims)
}

/// Signed with this secret, and naming another one or none.
///
/// # Errors
/// Never with these claims.
pub fn signed_as(secret: &str, key_id: Option<&str>, claims: &Value) -> TestResult<String> {
    divbase_auth::crypto::install();
    let key = EncodingKey::from_secret(secret.as_bytes());
    let header = Header {
        kid: key_id.map(str::to_owned),
        ..Header::default()
    };
    Ok(encode(&header, claims, &key)?)
}

/// Not signed, and saying so (RFC 8725 §3.2).
#[must_use]
pub fn unsigned(claims: &Value) -> String {
    let header = BASE64.encode(r#"{"alg":"none","typ":"JWT"}"#);
    format!("{header}.{}.", BASE64.encode(claims.to_string()))
}
