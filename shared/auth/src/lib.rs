//! Passwords and tokens. Pure: it asks no database and reads no clock but through its callers' instants.

pub mod link;
pub mod password;
pub mod secret;
pub mod token;

pub use link::Link;
pub use password::PasswordError;
pub use secret::Secret;
pub use token::{Claims, IssuedToken, TokenError, TokenKeys, TokenKind};
