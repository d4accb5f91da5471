//! `/auth/device`: a program is signed in by its user in a browser (RFC 8628).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    auth::LoginResponse,
    field::{DeviceCode, ProgramName},
};

/// Form of `POST /auth/device`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct DeviceRequest {
    /// What the program calls itself; its user reads it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<ProgramName>,
}

/// Answer of `POST /auth/device`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DeviceAuthorization {
    /// What the program keeps and asks with.
    pub device_code: String,
    /// What its user types, eight letters with a hyphen between.
    pub user_code: String,
    /// Where they type it, a whole address.
    pub verification_uri: String,
    /// The same with the code filled in.
    pub verification_uri_complete: String,
    /// How long the codes are good, seconds.
    pub expires_in: u32,
    /// How long to wait between two questions, seconds.
    pub interval: u32,
}

/// The one way to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum DeviceGrant {
    /// With a device code.
    #[serde(rename = "urn:ietf:params:oauth:grant-type:device_code")]
    DeviceCode,
}

/// Form of `POST /auth/device/token`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DeviceTokenRequest {
    /// `urn:ietf:params:oauth:grant-type:device_code`.
    pub grant_type: DeviceGrant,
    /// Of the answer of `POST /auth/device`.
    pub device_code: DeviceCode,
}

/// Answer of `POST /auth/device/token`: what a login with a password gives, and what RFC 6749 §5.1 asks for besides.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct DeviceTokens {
    /// The session.
    #[serde(flatten)]
    pub login: LoginResponse,
    /// `Bearer`.
    pub token_type: String,
    /// Seconds until the access token ends.
    pub expires_in: i64,
}

/// Why a program has no tokens (yet): RFC 8628 §3.5 beside the envelope of other errors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeviceErrorBody {
    /// `authorization_pending`, `slow_down`, `expired_token`, `access_denied` or `invalid_grant`.
    pub error: String,
    /// In words.
    pub error_description: String,
    /// In words.
    pub detail: String,
    /// As `error`.
    #[serde(rename = "type")]
    pub kind: String,
}
