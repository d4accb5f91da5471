//! Argon2id password hashes in PHC format.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};

/// Shortest accepted password, characters.
pub const MIN_CHARS: usize = 10;
/// Longest accepted password, characters.
pub const MAX_CHARS: usize = 100;

/// What keeps a password from being hashed or checked.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too short or too long.
    #[error("the password must have {MIN_CHARS} to {MAX_CHARS} characters")]
    Length,
    /// The stored hash is not a PHC string.
    #[error("the stored password hash cannot be read")]
    StoredHash,
    /// The hash function failed.
    #[error("the password could not be hashed")]
    Hashing,
}

/// Hashes a new password with a fresh salt. Takes about 20 ms: keep it off the async threads.
///
/// # Errors
/// If the length is out of bounds.
pub fn hash(password: &str) -> Result<String, PasswordError> {
    if !(MIN_CHARS..=MAX_CHARS).contains(&password.chars().count()) {
        return Err(PasswordError::Length);
    }
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|_| PasswordError::Hashing)
}

/// Whether the password belongs to the hash. Without a hash (no such account) it does the same work and says no,
/// so that the time taken does not tell whether an account exists.
///
/// # Errors
/// If the stored hash is damaged.
pub fn verify(password: &str, stored: Option<&str>) -> Result<bool, PasswordError> {
    let Some(stored) = stored else {
        Argon2::default()
            .hash_password(password.as_bytes())
            .map_err(|_| PasswordError::Hashing)?;
        return Ok(false);
    };
    let stored = PasswordHash::new(stored).map_err(|_| PasswordError::StoredHash)?;
    Ok(Argon2::default()
        .verify_password(password.as_bytes(), &stored)
        .is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_accepts_its_password_only() {
        let stored = hash("correct horse").unwrap();
        assert!(stored.starts_with("$argon2id$"));
        assert!(verify("correct horse", Some(&stored)).unwrap());
        assert!(!verify("correct horsf", Some(&stored)).unwrap());
        assert!(!verify("correct horse", None).unwrap());
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert!(matches!(hash("123456789"), Err(PasswordError::Length)));
        assert!(hash("ååååååååååå").is_ok());
        assert!(matches!(hash(&"x".repeat(101)), Err(PasswordError::Length)));
    }
}
