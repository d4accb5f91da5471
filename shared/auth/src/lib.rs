//! Passwords and tokens. Pure: it asks no database and reads no clock but through its callers' instants.

pub mod crypto;
mod first_admin;
pub mod index_link;
mod keys;
pub mod password;
pub mod sealed;
pub mod second_step;
pub mod secret;
pub mod sign_in_flow;
pub mod token;
pub mod totp;
pub mod user_code;

pub use first_admin::FirstAdminToken;
pub use index_link::IndexLink;
pub use keys::{AUDIENCE, ISSUER, key_id};
pub use password::PasswordError;
pub use second_step::SecondStep;
pub use secret::Secret;
pub use sign_in_flow::SignInFlow;
pub use token::{Claims, IssuedToken, TokenError, TokenKeys, TokenKind};
pub use totp::{RecoveryCode, TotpSecret};
pub use user_code::UserCode;
