//! `/auth/second-factor`: a code of an authenticator app that an account asks for besides (RFC 6238).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::field::{SecondFactorCode, TypedPassword};

/// Answer of `GET /auth/second-factor`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SecondFactorStatus {
    /// Whether signing in asks for a code.
    pub is_on: bool,
    /// Since when.
    pub since: Option<DateTime<Utc>>,
    /// Recovery codes that were not used yet.
    pub recovery_codes_left: u32,
}

/// Body of `POST /auth/second-factor`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct BeginSecondFactor {
    /// The account's password; left out if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<TypedPassword>,
}

/// Answer of `POST /auth/second-factor`. There is no `Debug`: it is a secret.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct NewSecondFactor {
    /// The secret in base32 (RFC 4648), for an app into which it is typed. It is shown this once.
    pub secret: String,
    /// The same as an `otpauth` address, for an app that reads it from a QR code.
    pub otpauth_uri: String,
}

/// Body of `POST /auth/second-factor/confirm` and `…/turn-off`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ProveSecondFactor {
    /// Six digits of the app, or, to turn it off, a recovery code.
    pub code: SecondFactorCode,
}

/// Answer of `POST /auth/second-factor/confirm`. There is no `Debug`: they are secrets.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct RecoveryCodes {
    /// Each stands in for the app once. They are shown this once.
    pub recovery_codes: Vec<String>,
}
