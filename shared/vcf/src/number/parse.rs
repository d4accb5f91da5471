//! Reading numbers that stand at the beginning of a text; what follows them is the caller's to judge.

use super::INTEGER_RANGE;

/// What an integer field says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prefix<T> {
    /// The number; `None` if there is none or it is out of range.
    pub value: Option<T>,
    /// How many bytes it takes.
    pub length: usize,
}

impl<T: Into<f64>> Prefix<T> {
    /// The value, if anything was read.
    pub(crate) fn number(self) -> Option<f64> {
        self.value.filter(|_| self.length > 0).map(Into::into)
    }
}

/// The counts of an INFO/AC, as bcftools reads them: a missing one has a number too.
pub(crate) fn allele_counts(text: &[u8]) -> impl Iterator<Item = i64> {
    let items = text.split(|b| *b == b',').filter(|_| !text.is_empty());
    items.map(|item| integer_prefix(item).value.map_or(i8::MIN.into(), i64::from))
}

/// `[+-]?[0-9]+`, limited to what BCF can hold in 32 bits.
#[must_use]
pub fn integer_prefix(text: &[u8]) -> Prefix<i32> {
    let sign = usize::from(matches!(text.first(), Some(b'-' | b'+')));
    let mut length = sign;
    let mut value: i64 = 0;
    while let Some(digit @ b'0'..=b'9') = text.get(length) {
        value = value
            .saturating_mul(10)
            .saturating_add(i64::from(digit - b'0'));
        length += 1;
    }
    if text.first() == Some(&b'-') {
        value = -value;
    }
    // A lone sign is read as zero; nothing at all is missing.
    let value = (length > 0 && INTEGER_RANGE.contains(&value))
        .then(|| i32::try_from(value).ok())
        .flatten();
    Prefix { value, length }
}

/// A float as the C library reads it: spaces, sign, decimal or hexadecimal with optional exponent, `inf`, `nan`.
/// `length` is 0 if there is none.
#[must_use]
pub fn strtod_prefix(text: &[u8]) -> Prefix<f64> {
    let none = Prefix {
        value: None,
        length: 0,
    };
    let mut at = text.iter().take_while(|b| is_space(**b)).count();
    let start = at;
    let negative = text.get(at) == Some(&b'-');
    if matches!(text.get(at), Some(b'-' | b'+')) {
        at += 1;
    }
    for (word, value) in [
        (&b"infinity"[..], f64::INFINITY),
        (b"inf", f64::INFINITY),
        (b"nan", f64::NAN),
    ] {
        if text.len() - at >= word.len() && text[at..at + word.len()].eq_ignore_ascii_case(word) {
            let value = if negative { -value } else { value };
            let mut length = at + word.len();
            if value.is_nan() {
                length += nan_payload(&text[length..]);
            }
            return Prefix {
                value: Some(value),
                length,
            };
        }
    }
    if let Some((value, length)) = hexadecimal(&text[at..]) {
        return Prefix {
            value: Some(if negative { -value } else { value }),
            length: at + length,
        };
    }
    let whole = digits(text, at);
    at += whole;
    let mut fraction = 0;
    if text.get(at) == Some(&b'.') {
        fraction = digits(text, at + 1);
        if whole + fraction > 0 {
            at += 1 + fraction;
        }
    }
    if whole + fraction == 0 {
        return none;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.get(at + 1), Some(b'-' | b'+')));
        let exponent = digits(text, at + 1 + sign);
        if exponent > 0 {
            at += 1 + sign + exponent;
        }
    }
    let value = std::str::from_utf8(&text[start..at])
        .ok()
        .and_then(|number| number.parse().ok());
    Prefix { value, length: at }
}

/// What the C library takes for part of a NaN: letters, digits and underscores in brackets.
fn nan_payload(text: &[u8]) -> usize {
    let Some(inside) = text.strip_prefix(b"(") else {
        return 0;
    };
    let is_payload = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
    let length = inside.iter().take_while(is_payload).count();
    match inside.get(length) {
        Some(b')') => length + 2,
        _ => 0,
    }
}

/// `0x1.8p3` without its sign (C17 §6.4.4.2), and how many bytes it takes.
fn hexadecimal(text: &[u8]) -> Option<(f64, usize)> {
    let [b'0', b'x' | b'X', ..] = text else {
        return None;
    };
    let mut at = 2;
    let (mut mantissa, mut exponent): (u64, i64) = (0, 0);
    let (mut found, mut point) = (false, false);
    while let Some(byte) = text.get(at) {
        let digit = match (*byte as char).to_digit(16) {
            Some(digit) => u64::from(digit),
            None if *byte == b'.' && !point => {
                point = true;
                at += 1;
                continue;
            }
            None => break,
        };
        found = true;
        if mantissa >> 60 == 0 {
            mantissa = mantissa << 4 | digit;
            exponent -= if point { 4 } else { 0 };
        } else {
            // Digits that do not fit only decide which way it is rounded.
            mantissa |= u64::from(digit != 0);
            exponent += if point { 0 } else { 4 };
        }
        at += 1;
    }
    if !found {
        return None;
    }
    if matches!(text.get(at), Some(b'p' | b'P')) {
        let sign = usize::from(matches!(text.get(at + 1), Some(b'-' | b'+')));
        let count = digits(text, at + 1 + sign);
        if count > 0 {
            let end = at + 1 + sign + count;
            let written = text[at + 1 + sign..end].iter().fold(0_i64, |value, digit| {
                value
                    .saturating_mul(10)
                    .saturating_add(i64::from(digit - b'0'))
            });
            let negative = text[at + 1] == b'-';
            exponent = exponent.saturating_add(if negative { -written } else { written });
            at = end;
        }
    }
    let power = i32::try_from(exponent.clamp(-2_000, 2_000)).unwrap_or(0);
    // In two steps, because 2^-1100 is 0 where the product is not.
    let half = power / 2;
    let value = mantissa as f64 * 2_f64.powi(half) * 2_f64.powi(power - half);
    Some((value, at))
}

/// A float of an INFO or FORMAT field. The common short decimals are read without the C rules.
#[must_use]
pub fn float_prefix(text: &[u8]) -> Prefix<f32> {
    const POWERS: [f64; 15] = [
        1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14,
    ];
    let negative = text.first() == Some(&b'-');
    let mut at = usize::from(negative);
    let first = at;
    let mut number: u64 = 0;
    while let Some(digit @ b'0'..=b'9') = text.get(at) {
        number = number
            .wrapping_mul(10)
            .wrapping_add(u64::from(digit - b'0'));
        at += 1;
        if at - first > 14 {
            return slow_float(text);
        }
    }
    let whole = at - first;
    let mut decimals = 0;
    if whole > 0 && text.get(at) == Some(&b'.') {
        at += 1;
        while let Some(digit @ b'0'..=b'9') = text.get(at) {
            number = number
                .wrapping_mul(10)
                .wrapping_add(u64::from(digit - b'0'));
            at += 1;
            decimals += 1;
            if whole + decimals > 14 {
                return slow_float(text);
            }
        }
    }
    if whole == 0 || matches!(text.get(at), Some(b'e' | b'E' | b'x' | b'X')) {
        return slow_float(text);
    }
    let value = number as f64 / POWERS[decimals];
    Prefix {
        value: Some(narrow(if negative { -value } else { value })),
        length: at,
    }
}

fn slow_float(text: &[u8]) -> Prefix<f32> {
    let Prefix { value, length } = strtod_prefix(text);
    Prefix {
        value: value.map(narrow),
        length,
    }
}

/// QUAL: whatever cannot be read is zero, only `.` is missing.
#[must_use]
pub fn quality(text: &[u8]) -> Option<f32> {
    (text != b".").then(|| strtod_prefix(text).value.map_or(0.0, narrow))
}

fn narrow(value: f64) -> f32 {
    value as f32
}

fn digits(text: &[u8], from: usize) -> usize {
    text.get(from..)
        .unwrap_or_default()
        .iter()
        .take_while(|b| b.is_ascii_digit())
        .count()
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_stop_where_digits_stop() {
        assert_eq!(
            integer_prefix(b"007,"),
            Prefix {
                value: Some(7),
                length: 3
            }
        );
        assert_eq!(
            integer_prefix(b"-12x"),
            Prefix {
                value: Some(-12),
                length: 3
            }
        );
        assert_eq!(
            integer_prefix(b"."),
            Prefix {
                value: None,
                length: 0
            }
        );
        assert_eq!(integer_prefix(b"99999999999").value, None);
        assert_eq!(integer_prefix(b"-2147483648").value, None);
        assert_eq!(integer_prefix(b"-2147483640").value, Some(-2_147_483_640));
    }

    #[test]
    fn floats_in_all_notations() {
        for (text, value, length) in [
            (&b"1.5,2"[..], 1.5, 3),
            (b"5.", 5.0, 2),
            (b".5", 0.5, 2),
            (b"1e3", 1000.0, 3),
            (b"1e", 1.0, 1),
            (b"+0.25", 0.25, 5),
            (b"123456789012345678", 1.234_567_9e17, 18),
            (b"-Infinity", f32::NEG_INFINITY, 9),
            (b"0x1p-2", 0.25, 6),
            (b"-0X1F,", -31.0, 5),
            (b"0x.8p1x", 1.0, 6),
            (b"0x1.8", 1.5, 5),
            (b"0xg", 0.0, 1),
            (b"0x1p", 1.0, 3),
            (b"0x123456789abcdef01p-64", 1.137_777_8, 23),
            (b"0x1p-140", 7.17e-43, 8),
            (b"0x0p99999999999999999999", 0.0, 24),
        ] {
            assert_eq!(
                float_prefix(text),
                Prefix {
                    value: Some(value),
                    length
                },
                "{text:?}"
            );
        }
        assert_eq!(float_prefix(b".").length, 0);
        assert_eq!(float_prefix(b"abc").length, 0);
        assert_eq!(float_prefix(b"nan(1_a),").length, 8);
        assert_eq!(float_prefix(b"nan(").length, 3);
        assert!(float_prefix(b"nan").value.unwrap().is_nan());
    }
}
