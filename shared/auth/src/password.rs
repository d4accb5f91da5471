//! Passwords: which are accepted, and their Argon2id hashes in PHC format.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};

/// Shortest accepted password, characters.
pub const MIN_CHARS: usize = 10;
/// Longest accepted password, characters.
pub const MAX_CHARS: usize = 100;

/// OWASP, Password Storage Cheat Sheet: 19 MiB, two passes, one lane.
pub const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Those of the 20,000 commonest passwords that are long enough to be tried, in lower case: the list of Royce
/// Williams that Django ships (BSD licence).
const COMMON: &str = include_str!("common_passwords.txt");

/// What keeps a password from being accepted, hashed or checked.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too short or too long.
    #[error("the password must have {MIN_CHARS} to {MAX_CHARS} characters")]
    Length,
    /// One of the first that anybody would try.
    #[error("the password is one of the commonest; choose another one")]
    Common,
    /// It is the account's own address.
    #[error("the password is the e-mail address; choose another one")]
    Address,
    /// The stored hash is not a PHC string.
    #[error("the stored password hash cannot be read")]
    StoredHash,
    /// The hash function failed.
    #[error("the password could not be hashed")]
    Hashing,
}

/// Whether a password may be set for the account with this address.
///
/// # Errors
/// If it is too short, too long or too easily guessed.
pub fn check(password: &str, email: &str) -> Result<(), PasswordError> {
    if !(MIN_CHARS..=MAX_CHARS).contains(&password.chars().count()) {
        return Err(PasswordError::Length);
    }
    let lower = password.trim().to_lowercase();
    if COMMON.lines().any(|common| common == lower) {
        return Err(PasswordError::Common);
    }
    let email = email.trim().to_lowercase();
    if lower == email || email.split('@').next() == Some(&lower) {
        return Err(PasswordError::Address);
    }
    Ok(())
}

fn hasher() -> Result<Argon2<'static>, PasswordError> {
    let params =
        Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| PasswordError::Hashing)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Hashes a password that [`check`] accepts, with a fresh salt. Takes some 20 ms and [`MEMORY_KIB`] of memory: keep
/// it off the async threads, and bound how many run at once.
///
/// # Errors
/// If the hash function fails.
pub fn hash(password: &str) -> Result<String, PasswordError> {
    hasher()?
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
        hash(password)?;
        return Ok(false);
    };
    let stored = PasswordHash::new(stored).map_err(|_| PasswordError::StoredHash)?;
    // The parameters are those of the stored hash.
    Ok(hasher()?
        .verify_password(password.as_bytes(), &stored)
        .is_ok())
}

/// Whether a stored hash was made with other parameters than those of today.
#[must_use]
pub fn is_outdated(stored: &str) -> bool {
    let today = format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$");
    !stored.starts_with(&today)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_accepts_its_password_only() {
        let stored = hash("correct horse").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(!is_outdated(&stored));
        assert!(verify("correct horse", Some(&stored)).unwrap());
        assert!(!verify("correct horsf", Some(&stored)).unwrap());
        assert!(!verify("correct horse", None).unwrap());
    }

    #[test]
    fn a_weaker_hash_is_verified_and_outdated() {
        let weak = Argon2::new(
            Algorithm::Argon2id,
            Version::V0x13,
            Params::new(1024, 1, 1, None).unwrap(),
        );
        let stored = weak.hash_password(b"correct horse").unwrap().to_string();
        assert!(verify("correct horse", Some(&stored)).unwrap());
        assert!(is_outdated(&stored));
    }

    #[test]
    fn length_is_counted_in_characters() {
        let judged = |password: &str| check(password, "asa@example.org");
        assert!(matches!(judged("123456789"), Err(PasswordError::Length)));
        assert!(judged("ååååååååååå").is_ok());
        let long = "x".repeat(101);
        assert!(matches!(judged(&long), Err(PasswordError::Length)));
    }

    #[test]
    fn guesses_are_refused() {
        let judged = |password: &str| check(password, "asa.nylund@example.org");
        for common in ["1234567890", "QWERTYUIOP", " password12"] {
            assert!(
                matches!(judged(common), Err(PasswordError::Common)),
                "{common}"
            );
        }
        for own in ["Asa.Nylund@example.org", "asa.nylund"] {
            assert!(matches!(judged(own), Err(PasswordError::Address)), "{own}");
        }
        assert!(judged("correct horse").is_ok());
        assert!(COMMON.lines().count() > 1_000);
    }
}
