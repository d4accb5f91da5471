//! Codes of authenticator apps (RFC 6238: HMAC-SHA-1, six digits, 30 seconds, which is what apps have in common), and the
//! codes that stand in for a lost app.

use std::fmt;

use chrono::{DateTime, Utc};
use ring::hmac;

use crate::secret;

/// How long a code is shown, seconds.
const STEP_SECONDS: i64 = 30;
/// Steps before and after the current one whose codes are taken (RFC 6238 §5.2): clocks differ, and people type slowly.
const SKEW: i64 = 1;
/// Codes have six digits.
const MODULUS: u32 = 1_000_000;
/// As long as what HMAC-SHA-1 gives (RFC 4226 §4, R6).
const SECRET_BYTES: usize = 20;
/// RFC 4648 §6.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Recovery codes of an account.
pub const RECOVERY_CODES: usize = 10;
/// 80 bits: a fast hash protects them.
const RECOVERY_LETTERS: usize = 16;
/// Letters of a recovery code that are shown together.
const GROUP: usize = 4;

/// What an authenticator app and the service share.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret([u8; SECRET_BYTES]);

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

impl TotpSecret {
    /// A new one.
    #[must_use]
    pub fn generate() -> Self {
        Self(rand::random())
    }

    /// One that was kept.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// What is kept, sealed.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// As it is typed into an app: 32 letters and digits.
    #[must_use]
    pub fn shown(&self) -> String {
        base32(&self.0)
    }

    /// As apps read it from a QR code (Google Authenticator's "Key URI Format").
    #[must_use]
    pub fn uri(&self, email: &str) -> String {
        let email: String = email
            .bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                    char::from(byte).to_string()
                }
                byte => format!("%{byte:02X}"),
            })
            .collect();
        format!(
            "otpauth://totp/DivBase:{email}?secret={}&issuer=DivBase&algorithm=SHA1&digits=6&period={STEP_SECONDS}",
            self.shown()
        )
    }

    /// The code of a step (RFC 4226 §5.3).
    fn code(&self, step: i64) -> u32 {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let mac = hmac::sign(&key, &step.to_be_bytes());
        let mac = mac.as_ref();
        let offset = mac.last().map_or(0, |last| usize::from(last & 0x0f));
        let word = mac
            .get(offset..)
            .and_then(<[u8]>::first_chunk::<4>)
            .copied()
            .unwrap_or_default();
        (u32::from_be_bytes(word) & 0x7fff_ffff) % MODULUS
    }

    /// What an app shows at an instant.
    #[must_use]
    pub fn code_at(&self, now: DateTime<Utc>) -> String {
        format!("{:06}", self.code(now.timestamp().div_euclid(STEP_SECONDS)))
    }

    /// The step that a code belongs to; none if it is not right. A step counts once: whoever takes a code has to refuse those
    /// of that step and of earlier ones from then on (RFC 6238 §5.2).
    #[must_use]
    pub fn step_of(&self, typed: &str, now: DateTime<Utc>) -> Option<i64> {
        let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let code: u32 = digits.parse().ok()?;
        let current = now.timestamp().div_euclid(STEP_SECONDS);
        (current - SKEW..=current + SKEW).find(|step| self.code(*step) == code)
    }
}

/// A code that stands in for an app, once.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

impl RecoveryCode {
    /// A new one.
    #[must_use]
    pub fn generate() -> Self {
        let bytes: [u8; RECOVERY_LETTERS * 5 / 8] = rand::random();
        Self(base32(&bytes))
    }

    /// What somebody typed, in either case, with whatever between the letters.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let letters: String = typed
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|letter| letter.to_ascii_uppercase())
            .collect();
        let is_code = letters.len() == RECOVERY_LETTERS
            && letters.bytes().all(|letter| BASE32.contains(&letter));
        is_code.then_some(Self(letters))
    }

    /// As it is shown: `ABCD-EFGH-IJKL-MNOP`.
    #[must_use]
    pub fn shown(&self) -> String {
        let groups: Vec<String> = self
            .0
            .as_bytes()
            .chunks(GROUP)
            .map(|group| String::from_utf8_lossy(group).into_owned())
            .collect();
        groups.join("-")
    }

    /// What is kept of it.
    #[must_use]
    pub fn digest(&self) -> String {
        secret::digest(&self.0)
    }
}

/// Without padding: what is encoded here has a multiple of five bytes.
fn base32(bytes: &[u8]) -> String {
    bytes
        .chunks(5)
        .flat_map(|chunk| {
            let bits = chunk
                .iter()
                .fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
            (0..8)
                .rev()
                .map(move |place| char::from(BASE32[(bits >> (5 * place)) as usize & 31]))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    /// RFC 6238, appendix B, whose eight digits end in these six.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let secret = TotpSecret::from_bytes(b"12345678901234567890").unwrap();
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(secret.code_at(at(seconds)), code);
            let step = seconds / 30;
            assert_eq!(secret.step_of(code, at(seconds)), Some(step));
            assert_eq!(secret.step_of(code, at(seconds + 30)), Some(step));
            assert_eq!(secret.step_of(code, at(seconds - 30)), Some(step));
            assert_eq!(secret.step_of(code, at(seconds + 60)), None);
            assert_eq!(secret.step_of(code, at(seconds - 60)), None);
        }
        let spaced = secret.step_of(" 287 082 ", at(59));
        assert_eq!(spaced, Some(1));
        for wrong in ["", "28708", "2870822", "28708x", "２87082"] {
            assert_eq!(secret.step_of(wrong, at(59)), None, "{wrong}");
        }
    }

    #[test]
    fn an_app_reads_the_address() {
        let secret = TotpSecret::from_bytes(b"12345678901234567890").unwrap();
        assert_eq!(secret.shown(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(
            secret.uri("å+b@example.org"),
            "otpauth://totp/DivBase:%C3%A5%2Bb%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=DivBase&algorithm=SHA1&digits=6&period=30"
        );
        assert!(!format!("{secret:?}").contains("GEZD"));
    }

    #[test]
    fn a_recovery_code_is_read_as_people_type_it() {
        let code = RecoveryCode::generate();
        assert_eq!(code.shown().len(), 19);
        for typed in [
            code.shown(),
            code.shown().to_lowercase(),
            code.shown().replace('-', " "),
        ] {
            assert_eq!(RecoveryCode::parse(&typed), Some(code.clone()), "{typed}");
        }
        for wrong in ["", "287082", "ABCD-EFGH-IJKL-MNO", "ABCD-EFGH-IJKL-MNO1"] {
            assert_eq!(RecoveryCode::parse(wrong), None, "{wrong}");
        }
        assert_ne!(RecoveryCode::generate(), RecoveryCode::generate());
        assert_eq!(code.digest().len(), 64);
    }
}
