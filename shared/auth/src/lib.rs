//! Passwords and tokens. Pure: it asks no database and reads no clock but through its callers' instants.

pub mod password;
pub mod token;

pub use password::PasswordError;
pub use token::{Claims, IssuedToken, TokenError, TokenKeys, TokenKind};

/// Every personal access token begins so.
pub const PAT_PREFIX: &str = "divbase_pat_";
