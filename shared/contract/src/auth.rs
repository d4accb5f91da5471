//! `/auth`: sessions and the caller's account.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::field::{LoginName, SecondFactorCode, SessionToken, TypedPassword};

/// Form of `POST /auth/login` (`application/x-www-form-urlencoded`).
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct LoginForm {
    /// The e-mail address.
    pub username: LoginName,
    /// The password; never logged.
    pub password: TypedPassword,
    /// `password` if present.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant_type: Option<GrantType>,
    /// A code of the authenticator app, or a recovery code, if the account asks for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<SecondFactorCode>,
}

/// The one way to log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum GrantType {
    /// With a password.
    #[serde(rename = "password")]
    Password,
}

/// Answer of `POST /auth/login`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct LoginResponse {
    /// Bearer token for the API.
    pub access_token: String,
    /// When it ends, unix seconds.
    pub access_token_expires_at: i64,
    /// Token that buys new access tokens.
    pub refresh_token: String,
    /// When it ends, unix seconds.
    pub refresh_token_expires_at: i64,
    /// The account's e-mail address.
    pub email: String,
}

/// Body of `POST /auth/refresh` and `POST /auth/logout`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct RefreshRequest {
    /// The refresh token.
    pub refresh_token: SessionToken,
    /// Whether to replace the refresh token: then the client must use the new one from now on. Of no meaning at logout.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rotate: bool,
}

/// Answer of `POST /auth/refresh`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct RefreshResponse {
    /// The new access token.
    pub access_token: String,
    /// When it ends, unix seconds.
    pub expires_at: i64,
    /// The refresh token that takes the place of the one that was used, if that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// When it ends, unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token_expires_at: Option<i64>,
}

/// A session of the caller's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// Its number.
    pub id: i64,
    /// The network address of the login: IPv4, or the first 64 bits of IPv6.
    pub address: String,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it last asked for an access token.
    pub last_used_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// An identity at a provider that opens the caller's account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LinkedIdentity {
    /// Its number.
    pub id: i64,
    /// The provider's name; its issuer if the service has the provider no more.
    pub provider: String,
    /// The address that the provider gave last.
    pub email: Option<String>,
    /// When it was linked.
    pub created_at: DateTime<Utc>,
    /// When it last opened the account.
    pub last_used_at: DateTime<Utc>,
}

/// An account, as `GET /auth/whoami` and the admin routes show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct User {
    /// Account number.
    pub id: i64,
    /// Full name.
    pub name: String,
    /// E-mail address, lower case.
    pub email: String,
    /// Employer.
    pub organisation: String,
    /// Role there.
    pub organisation_role: String,
    /// Site administrator.
    pub is_admin: bool,
    /// May log in.
    pub is_active: bool,
    /// Deleted accounts keep their row.
    pub is_deleted: bool,
    /// When the account was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}
