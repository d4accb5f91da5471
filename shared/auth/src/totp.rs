//! Time-based one-time passwords (RFC 6238) with the parameters that every authenticator app knows: SHA-1, six digits, thirty
//! seconds. SHA-1 is weak against collisions, which an HMAC does not meet.

use ring::hmac;

/// Bytes of a secret (RFC 4226 §4 asks for 160 bits).
const SECRET_BYTES: usize = 20;
/// Seconds of a step.
const STEP: i64 = 30;
/// Steps before and after the present one that are taken, because clocks differ (RFC 6238 §5.2).
const SKEW: i64 = 1;
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What an app and we share.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret([u8; SECRET_BYTES]);

impl TotpSecret {
    /// A new one.
    #[must_use]
    pub fn generate() -> Self {
        Self(rand::random())
    }

    /// One that was kept; none if it is no secret.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// As it is kept.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// As it is typed into an app: base32 (RFC 4648 §6), 32 letters and digits.
    #[must_use]
    pub fn shown(&self) -> String {
        let bits = self.0.chunks_exact(5).flat_map(|five| {
            let number = five.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
            (0..8).rev().map(move |place| (number >> (5 * place)) & 31)
        });
        bits.map(|index| char::from(ALPHABET[usize::try_from(index).unwrap_or_default()]))
            .collect()
    }

    /// The step of the code at a time (seconds since 1970), if it is right within the skew and younger than `used`, the
    /// step of the last code that was taken.
    #[must_use]
    pub fn step_of(&self, code: &str, now: i64, used: i64) -> Option<i64> {
        let present = now.div_euclid(STEP);
        let mut right = None;
        // All are looked at, so that the time taken tells nothing.
        for step in present - SKEW..=present + SKEW {
            if same(self.code(step).as_bytes(), code.as_bytes()) && step > used {
                right = Some(step);
            }
        }
        right
    }

    /// RFC 4226 §5.3.
    fn code(&self, step: i64) -> String {
        truncated(&self.0, step, 1_000_000, 6)
    }
}

fn truncated(secret: &[u8], step: i64, modulus: u32, digits: usize) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let offset = usize::from(tag.last().copied().unwrap_or_default() & 15);
    let number = tag[offset..offset + 4]
        .iter()
        .fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    format!("{:0digits$}", (number & 0x7fff_ffff) % modulus)
}

/// Whether two texts are the same, in a time that depends on their length alone.
fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, the column of SHA-1.
    #[test]
    fn codes_are_those_of_the_rfc() {
        for (time, code) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            let found = truncated(b"12345678901234567890", time / STEP, 100_000_000, 8);
            assert_eq!(found, code, "{time}");
        }
    }

    #[test]
    fn a_code_is_good_once_and_for_a_minute_and_a_half() {
        let secret = TotpSecret::from_bytes(b"12345678901234567890").unwrap();
        let (now, step) = (1_234_567_890, 1_234_567_890 / STEP);
        assert_eq!(secret.step_of("005924", now, 0), Some(step));
        assert_eq!(secret.step_of("005924", now + STEP, 0), Some(step));
        assert_eq!(secret.step_of("005924", now - STEP, 0), Some(step));
        assert_eq!(secret.step_of("005924", now + 2 * STEP, 0), None);
        assert_eq!(secret.step_of("005924", now, step), None);
        for wrong in ["005925", "5924", "", "89005924"] {
            assert_eq!(secret.step_of(wrong, now, 0), None, "{wrong}");
        }
    }

    /// RFC 4648 §10 has no text of twenty bytes; this one is that of RFC 6238's secret in every app.
    #[test]
    fn a_secret_is_shown_in_base32() {
        let secret = TotpSecret::from_bytes(b"12345678901234567890").unwrap();
        assert_eq!(secret.shown(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert!(TotpSecret::from_bytes(b"short").is_none());
        assert_ne!(TotpSecret::generate().shown(), TotpSecret::generate().shown());
    }
}
