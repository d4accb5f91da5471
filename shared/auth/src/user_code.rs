//! The short code that a program shows and its user types into a page (RFC 8628 §6.1): eight consonants, 34 bits. It is
//! good for minutes, and guesses are counted.

use crate::TokenKeys;

/// No vowels, so that no code is a word, and nothing that looks like a digit.
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
const LENGTH: usize = 8;
/// Keeps what is signed here from being taken for anything else that the secret signs.
const PURPOSE: &[u8] = b"user code\0";

/// A code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserCode([u8; LENGTH]);

impl UserCode {
    /// A new one.
    #[must_use]
    pub fn generate() -> Self {
        Self(std::array::from_fn(|_| {
            LETTERS[rand::random_range(0..LETTERS.len())]
        }))
    }

    /// What somebody typed, in either case, with whatever between the letters.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        // Longer than any that was read off a screen.
        if typed.len() > 40 {
            return None;
        }
        let letters: Vec<u8> = typed
            .bytes()
            .filter(u8::is_ascii_alphanumeric)
            .map(|byte| byte.to_ascii_uppercase())
            .collect();
        let code: [u8; LENGTH] = letters.try_into().ok()?;
        code.iter()
            .all(|letter| LETTERS.contains(letter))
            .then_some(Self(code))
    }

    /// As it is shown: `WDJB-MJHT`.
    #[must_use]
    pub fn shown(&self) -> String {
        let letters: String = self.0.iter().copied().map(char::from).collect();
        format!("{}-{}", &letters[..LENGTH / 2], &letters[LENGTH / 2..])
    }
}

impl TokenKeys {
    /// What is kept of a code, 64 hexadecimal digits. It is keyed, because a short code is soon found by trying.
    #[must_use]
    pub fn user_code_digest(&self, code: &UserCode) -> String {
        hex::encode(self.current.mac(PURPOSE, &code.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = UserCode::generate();
        assert_eq!(code.shown().len(), 9);
        for typed in [
            code.shown(),
            code.shown().to_lowercase(),
            code.shown().replace('-', " "),
            format!(" {} ", code.shown().replace('-', "")),
        ] {
            assert_eq!(UserCode::parse(&typed), Some(code.clone()), "{typed}");
        }
        for wrong in [
            "",
            "WDJB-MJH",
            "WDJB-MJHTT",
            "AEIO-UAEI",
            "WDJB-MJH1",
            &"W".repeat(50),
        ] {
            assert_eq!(UserCode::parse(wrong), None, "{wrong}");
        }
        assert_ne!(UserCode::generate(), UserCode::generate());
    }

    #[test]
    fn what_is_kept_depends_on_the_secret() {
        let (one, other) = (TokenKeys::new(b"one", 1, 1), TokenKeys::new(b"other", 1, 1));
        let code = UserCode::generate();
        assert_eq!(one.user_code_digest(&code), one.user_code_digest(&code));
        assert_ne!(one.user_code_digest(&code), other.user_code_digest(&code));
        assert_eq!(one.user_code_digest(&code).len(), 64);
    }
}
