//! Passwords and tokens. Pure: it asks no database and reads no clock but through its callers' instants.

pub mod index_link;
pub mod password;
pub mod secret;
pub mod token;

pub use index_link::IndexLink;
pub use password::PasswordError;
pub use secret::Secret;
pub use token::{Claims, IssuedToken, TokenError, TokenKeys, TokenKind};
