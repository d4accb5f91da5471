//! Fast number formatting into a byte buffer. Writing to a `Vec` cannot fail.

/// Appends a decimal integer.
pub(crate) fn push_int(out: &mut Vec<u8>, value: u64) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    let mut rest = value;
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// Appends a float with the given number of decimals, as callers print them: `0.500`, `60.00`.
pub(crate) fn push_fixed(out: &mut Vec<u8>, value: f64, decimals: u32) {
    let scale = 10u64.pow(decimals);
    let scaled = (value.abs() * scale as f64).round() as u64;
    if value < 0.0 && scaled > 0 {
        out.push(b'-');
    }
    push_int(out, scaled / scale);
    if decimals == 0 {
        return;
    }
    out.push(b'.');
    let mut unit = scale / 10;
    let mut rest = scaled % scale;
    while unit > 0 {
        out.push(b'0' + (rest / unit) as u8);
        rest %= unit;
        unit /= 10;
    }
}
pub(crate) fn list<T>(
    out: &mut Vec<u8>,
    values: impl Iterator<Item = T>,
    mut push: impl FnMut(&mut Vec<u8>, T),
) {
    for (nth, value) in values.enumerate() {
        if nth > 0 {
            out.push(b',');
        }
        push(out, value);
    }
}

/// Appends a float with at most the given number of decimals and no trailing zeros: `0.5`, `60`.
///
/// With at most four decimals and values below 100 this is what `%g` prints too.
pub(crate) fn push_short(out: &mut Vec<u8>, value: f64, decimals: u32) {
    let start = out.len();
    push_fixed(out, value, decimals);
    if out[start..].contains(&b'.') {
        while out.last() == Some(&b'0') {
            out.pop();
        }
        if out.last() == Some(&b'.') {
            out.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers() {
        assert_eq!(written(|o| push_int(o, 0)), "0");
        assert_eq!(written(|o| push_int(o, 120_900)), "120900");
        assert_eq!(written(|o| push_fixed(o, 60.0, 2)), "60.00");
        assert_eq!(written(|o| push_fixed(o, -0.126, 2)), "-0.13");
        assert_eq!(written(|o| push_fixed(o, -0.001, 2)), "0.00");
        assert_eq!(written(|o| push_short(o, 60.0, 2)), "60");
        assert_eq!(written(|o| push_short(o, 0.05, 4)), "0.05");
        assert_eq!(written(|o| push_short(o, 100.0, 0)), "100");
    }
}
