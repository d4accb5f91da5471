//! Numbers as text: what the Python implementation's `float()` and `int()` accept, and how it writes a float.

/// `text` read as `float()` reads it: decimal with optional sign, fraction and exponent, single underscores between
/// digits, `inf`, `infinity`, `nan`. No blanks around it, no hexadecimal.
#[inline]
pub(crate) fn float(text: &str) -> Option<f64> {
    let first = text.as_bytes().first()?;
    if !matches!(
        first,
        b'0'..=b'9' | b'+' | b'-' | b'.' | b'i' | b'I' | b'n' | b'N'
    ) {
        return None;
    }
    if let Some(number) = short_integer(text.as_bytes()) {
        return Some(number);
    }
    match text.parse() {
        Ok(number) => Some(number),
        Err(_) => without_underscores(text)?.parse().ok(),
    }
}

/// Up to nine digits with an optional minus: the common case, without the general parser.
#[inline]
fn short_integer(bytes: &[u8]) -> Option<f64> {
    let (negative, digits) = match bytes {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    let mut value = 0_u32;
    for digit in digits {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + u32::from(digit);
    }
    let value = f64::from(value);
    Some(if negative { -value } else { value })
}

/// `text` read as `int()` reads it: digits with optional sign and single underscores between them.
pub(crate) fn integer(text: &str) -> Option<f64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let only_digits =
        |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if only_digits(digits) {
        return text.parse().ok();
    }
    let plain = without_underscores(text)?;
    only_digits(plain.strip_prefix(['+', '-']).unwrap_or(&plain)).then(|| plain.parse().ok())?
}

/// The number of a comparison or range in the filter grammar: `-?digits[.digits*]`, nothing else.
pub(crate) fn decimal(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    (!whole.is_empty() && all_digits(whole) && all_digits(fraction)).then(|| text.parse().ok())?
}

/// The ends of a range `a-b` of two decimals, `-5-20` and `-10--1` included. The order of the ends is the writer's.
pub(crate) fn range(text: &str) -> Option<(f64, f64)> {
    text.char_indices()
        .skip(1)
        .filter(|(_, letter)| *letter == '-')
        .find_map(|(at, _)| Some((decimal(&text[..at])?, decimal(&text[at + 1..])?)))
}

/// `text` without its underscores if each stands between two digits.
fn without_underscores(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut found = false;
    for (at, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte == b'_') {
        found = true;
        let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        if at == 0 || !digit(at - 1) || !digit(at + 1) {
            return None;
        }
    }
    found.then(|| text.replace('_', ""))
}

/// `number` as Python writes it: shortest digits that read back the same, always with a point or an exponent, the
/// exponent from `1e+16` on and below `0.0001`.
pub(crate) fn python_text(number: f64) -> String {
    if number.is_nan() {
        return "nan".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let scientific = format!("{number:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    match exponent.parse::<i32>() {
        Ok(exponent) if !(-4..16).contains(&exponent) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{digits}e{sign}{:02}", exponent.abs())
        }
        _ => {
            let plain = format!("{number}");
            if plain.contains('.') {
                plain
            } else {
                plain + ".0"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_those_of_python() {
        for (text, expected) in [
            ("1", 1.0),
            ("-2.5", -2.5),
            ("1e5", 1e5),
            ("1_000", 1000.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("+3", 3.0),
            ("inf", f64::INFINITY),
            ("-Infinity", f64::NEG_INFINITY),
            ("007", 7.0),
            ("12345678901", 12_345_678_901.0),
        ] {
            assert_eq!(float(text), Some(expected), "{text}");
        }
        for text in [
            "", "-", ".", "0x10", "1-2", "1,2", "1__0", "_1", "1_", "e5", "infinit", "1e", "--1",
        ] {
            assert_eq!(float(text), None, "{text}");
        }
    }

    #[test]
    fn decimals_and_ranges_are_those_of_the_filter_grammar() {
        for text in ["1", "-1", "1.", "1.25"] {
            assert!(decimal(text).is_some(), "{text}");
        }
        for text in [".5", "+4", "1e3", "-", "", " 4", "1.2.3"] {
            assert!(decimal(text).is_none(), "{text}");
        }
        assert_eq!(range("-10--1"), Some((-10.0, -1.0)));
        assert_eq!(range("-5-20"), Some((-5.0, 20.0)));
        assert_eq!(range("1.5-2"), Some((1.5, 2.0)));
        assert_eq!(range("-5"), None);
        assert_eq!(range("1-2-3"), None);
    }

    #[test]
    fn floats_are_written_as_python_writes_them() {
        for (number, text) in [
            (1.0, "1.0"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1.5e300, "1.5e+300"),
            (-0.1, "-0.1"),
            (f64::INFINITY, "inf"),
        ] {
            assert_eq!(python_text(number), text);
        }
    }
}
