//! Printing numbers as bcftools does: integers plainly, floats like `%g` with six digits.

use std::io::Write;

use super::parse::float_prefix;

/// Prints an integer.
pub fn print_integer(value: i64, out: &mut Vec<u8>) {
    let mut buffer = [0_u8; 20];
    let mut at = buffer.len();
    let mut rest = value.unsigned_abs();
    loop {
        at -= 1;
        let digit = (rest % 10) as u8;
        buffer[at] = b'0' + digit;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&buffer[at..]);
}

/// Prints a float: six digits, no trailing zeros, an exponent below 0.0001 and above 999999.
pub fn print_float(value: f32, out: &mut Vec<u8>) {
    let value = f64::from(value);
    if value.is_sign_negative() {
        out.push(b'-');
    }
    let value = value.abs();
    if value == 0.0 {
        out.push(b'0');
    } else if (0.0001..=999_999.0).contains(&value) {
        print_plain(value, out);
    } else if value.is_nan() {
        out.extend_from_slice(b"nan");
    } else if value.is_infinite() {
        out.extend_from_slice(b"inf");
    } else {
        print_exponent(value, out);
    }
}

/// Prints a float with as many digits as it takes to read it again: six, or the fewest that will do.
pub fn print_float_exactly(value: f32, out: &mut Vec<u8>) {
    print_float_by_need(value, out);
}

/// As [`print_float_exactly`]; says whether six digits were enough.
pub fn print_float_by_need(value: f32, out: &mut Vec<u8>) -> Digits {
    let start = out.len();
    print_float(value, out);
    if value.is_nan() || float_prefix(&out[start..]).value == Some(value) {
        return Digits::Six;
    }
    out.truncate(start);
    // Writing into a vector does not fail.
    let _ = write!(out, "{value:e}");
    Digits::AsNeeded
}

/// How many digits of a float are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Digits {
    /// Six, as bcftools prints it.
    Six,
    /// As many as it takes to read it again.
    AsNeeded,
}

/// Six digits scaled to an integer, the decimal point put back in.
fn print_plain(value: f64, out: &mut Vec<u8>) {
    // Decimals that leave six digits before the point after scaling.
    let decimals: usize = match value {
        v if v < 0.001 => 9,
        v if v < 0.01 => 8,
        v if v < 0.1 => 7,
        v if v < 1.0 => 6,
        v if v < 10.0 => 5,
        v if v < 100.0 => 4,
        v if v < 1_000.0 => 3,
        v if v < 10_000.0 => 2,
        v if v < 100_000.0 => 1,
        _ => 0,
    };
    const SCALE: [f64; 10] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
    let mut scaled = (value * SCALE[decimals]).round_ties_even() as i64;
    let mut decimals = decimals;
    while decimals > 0 && scaled % 10 == 0 {
        scaled /= 10;
        decimals -= 1;
    }
    if decimals == 0 {
        print_integer(scaled, out);
        return;
    }
    let start = out.len();
    print_integer(scaled, out);
    let digits = out.len() - start;
    if digits <= decimals {
        let zeros = decimals - digits + 1;
        out.splice(start..start, std::iter::repeat_n(b'0', zeros));
    }
    let point = out.len() - decimals;
    out.insert(point, b'.');
}

/// `%g` where it uses an exponent, or just does not: 0.0001 is printed plainly once rounded.
fn print_exponent(value: f64, out: &mut Vec<u8>) {
    let mut buffer = [0_u8; 32];
    let mut cursor = &mut buffer[..];
    if write!(cursor, "{value:.5e}").is_err() {
        return;
    }
    let left = cursor.len();
    let text = &buffer[..32 - left];
    let split = memchr::memchr(b'e', text).unwrap_or(text.len());
    let (mantissa, exponent) = (&text[..split], text.get(split + 1..).unwrap_or_default());
    let exponent: i32 = std::str::from_utf8(exponent)
        .ok()
        .and_then(|e| e.parse().ok())
        .unwrap_or(0);
    if exponent == -4 {
        let digits = mantissa.iter().filter(|b| b.is_ascii_digit());
        out.extend_from_slice(b"0.000");
        out.extend(digits);
        trim_zeros(out);
        return;
    }
    if exponent == 5 {
        // Above 999999, but rounded down to it.
        out.extend(mantissa.iter().filter(|b| b.is_ascii_digit()));
        return;
    }
    out.extend_from_slice(mantissa);
    trim_zeros(out);
    out.push(b'e');
    out.push(if exponent < 0 { b'-' } else { b'+' });
    if exponent.abs() < 10 {
        out.push(b'0');
    }
    print_integer(i64::from(exponent.abs()), out);
}

/// Drops zeros behind a decimal point, and the point if nothing is left behind it.
fn trim_zeros(out: &mut Vec<u8>) {
    while out.last() == Some(&b'0') {
        out.pop();
    }
    if out.last() == Some(&b'.') {
        out.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_print_like_percent_g() {
        for (value, text) in [
            (60.0, "60"),
            (0.000_06, "6e-05"),
            (1_234_567.8, "1.23457e+06"),
            (0.000_1, "0.0001"),
            (0.001, "0.001"),
            (0.01, "0.01"),
            (0.009_999_999, "0.01"),
            (0.123_456_78, "0.123457"),
            (999_999.0, "999999"),
            (999_999.44, "999999"),
            (1_000_000.0, "1e+06"),
            (99.999_99, "100"),
            (-0.0, "-0"),
            (-1.5, "-1.5"),
            (100.0, "100"),
            (f32::INFINITY, "inf"),
            (1e-30, "1e-30"),
            (3.0e38, "3e+38"),
            (0.000_123_456_7, "0.000123457"),
        ] {
            let mut out = Vec::new();
            print_float(value, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), text);
        }
    }
}
