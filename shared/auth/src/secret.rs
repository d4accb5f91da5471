//! Random tokens that are looked up by their SHA-256: personal access tokens, invitations, password resets. They have
//! 256 random bits, so that a fast hash protects them as well as a slow one.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// How an invitation's token begins.
pub const INVITATION_PREFIX: &str = "divbase_inv_";
/// How a password reset's token begins.
pub const RESET_PREFIX: &str = "divbase_rst_";
/// How the token of a link that shares a file or folder begins.
pub const SHARE_PREFIX: &str = "divbase_shr_";
/// How the code of a program that waits for its user begins.
pub const DEVICE_PREFIX: &str = "divbase_dev_";
/// How a token that confirms an address begins.
pub const CONFIRMATION_PREFIX: &str = "divbase_cnf_";

/// A new token. It is shown once; only its [`digest`] is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The prefix and 43 characters of unpadded URL-safe base64.
    #[must_use]
    pub fn generate(prefix: &str) -> Self {
        let bytes: [u8; 32] = rand::random();
        Self(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The token; never logged.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is stored of it.
    #[must_use]
    pub fn digest(&self) -> String {
        digest(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The SHA-256 of a token, 64 hexadecimal digits in lower case.
#[must_use]
pub fn digest(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_and_are_found_by_their_digest() {
        let (one, other) = (Secret::generate("p_"), Secret::generate("p_"));
        assert_ne!(one, other);
        assert_eq!(one.expose().len(), 2 + 43);
        assert_eq!(one.digest(), digest(one.expose()));
        assert_eq!(
            digest("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
