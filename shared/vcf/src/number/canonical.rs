//! Telling cheaply whether the text of a number is what would be printed for it. A "no" costs a
//! parse, a wrong "yes" an answer; so these only know the common forms.

/// How the values of a field look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Printing would give the same bytes.
    Canonical,
    /// Printing might not.
    Unknown,
}

/// One integer: `.`, or up to nine digits without leading zeros, perhaps negative.
/// Returns the length of what was looked at; 0 if it might not be canonical.
#[must_use]
#[inline]
pub fn canonical_integer(text: &[u8]) -> usize {
    let sign = usize::from(text.first() == Some(&b'-'));
    match text.get(sign) {
        Some(b'.') if sign == 0 => 1,
        Some(b'0') => {
            let followed = text.get(1 + sign).is_some_and(u8::is_ascii_digit);
            if followed || sign == 1 { 0 } else { 1 }
        }
        Some(b'1'..=b'9') => {
            let mut length = sign + 1;
            while text.get(length).is_some_and(u8::is_ascii_digit) {
                length += 1;
            }
            if length - sign > 9 { 0 } else { length }
        }
        _ => 0,
    }
}

/// One float: `.`, or at most six digits that count, written plainly, at least 0.0001 if not 0.
/// Returns the length of what was looked at; 0 if it might not be canonical.
#[must_use]
#[inline]
pub fn canonical_float(text: &[u8]) -> usize {
    let digit = |at: usize| text.get(at).filter(|b| b.is_ascii_digit()).copied();
    let sign = usize::from(text.first() == Some(&b'-'));
    let mut at = sign;
    let mut counting = 0;
    match digit(at) {
        None if text.first() == Some(&b'.') && digit(1).is_none() => return 1,
        None => return 0,
        Some(b'0') => {
            at += 1;
            if digit(at).is_some() {
                return 0;
            }
        }
        Some(_) => {
            while digit(at).is_some() {
                at += 1;
                counting += 1;
            }
        }
    }
    if text.get(at) == Some(&b'.') {
        at += 1;
        let fraction = at;
        if counting == 0 {
            while digit(at) == Some(b'0') {
                at += 1;
            }
            if at - fraction > 3 {
                return 0;
            }
        }
        while digit(at).is_some() {
            at += 1;
            counting += 1;
        }
        if at == fraction || text[at - 1] == b'0' {
            return 0;
        }
    }
    let exponent = text.get(at).is_some_and(u8::is_ascii_alphabetic);
    if counting > 6 || exponent { 0 } else { at }
}

/// Whether a list of values separated by commas is canonical, by a test of one value.
#[must_use]
pub fn canonical_list(text: &[u8], one: fn(&[u8]) -> usize) -> Look {
    let mut rest = text;
    loop {
        let length = one(rest);
        if length == 0 {
            return Look::Unknown;
        }
        match rest.get(length) {
            None => return Look::Canonical,
            Some(b',') => rest = &rest[length + 1..],
            Some(_) => return Look::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{float_prefix, print_float};
    use super::*;

    #[test]
    fn canonical_floats_print_as_they_are() {
        let texts = [
            "0",
            "0.5",
            "60",
            "60.0",
            "0.0001",
            "0.00001",
            "1e5",
            "123456",
            "1234567",
            "1.23456",
            "1.234567",
            "-0.25",
            "-0",
            "00.5",
            "0.10",
            ".",
            ".5",
            "5.",
            "100000",
            "0.000123456",
            "",
            "-",
            "0.",
            "1.5x",
            "999999",
            "0.999999",
            "0.0999999",
            "33.3333",
            "inf",
            "nan",
            "-.5",
        ];
        for text in texts {
            let length = canonical_float(text.as_bytes());
            if text == "." || length == 0 {
                continue;
            }
            let mut out = Vec::new();
            print_float(
                float_prefix(&text.as_bytes()[..length]).value.unwrap(),
                &mut out,
            );
            assert_eq!(&text.as_bytes()[..length], out);
        }
        for text in [
            "0.5",
            "60",
            "1.23456",
            "-0.25",
            "0.000123456",
            ".",
            "0",
            "-0",
        ] {
            assert_eq!(canonical_float(text.as_bytes()), text.len(), "{text}");
        }
        for text in [
            "60.0", "0.00001", "1e5", "1234567", "00.5", "0.10", ".5", "5.", "",
        ] {
            assert_eq!(canonical_float(text.as_bytes()), 0, "{text}");
        }
    }

    #[test]
    fn every_short_decimal_is_printed_as_it_is() {
        for digits in (1..1_000_000_u32).step_by(7) {
            for decimals in 0..10 {
                let text = format!(
                    "{:.*}",
                    decimals,
                    f64::from(digits) / 10_f64.powi(decimals as i32)
                );
                if canonical_float(text.as_bytes()) == text.len() {
                    let mut out = Vec::new();
                    print_float(float_prefix(text.as_bytes()).value.unwrap(), &mut out);
                    assert_eq!(text.as_bytes(), out);
                }
            }
        }
    }

    #[test]
    fn canonical_integers() {
        for (text, length) in [
            ("0", 1),
            ("10", 2),
            ("-5", 2),
            (".", 1),
            ("007", 0),
            ("-0", 0),
            ("+5", 0),
            ("", 0),
            ("1234567890", 0),
            ("12,", 2),
            ("x", 0),
        ] {
            assert_eq!(canonical_integer(text.as_bytes()), length, "{text}");
        }
    }
}
