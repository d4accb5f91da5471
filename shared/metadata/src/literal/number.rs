//! Numbers as a Python program writes them: any radix, underscores between digits, no leading zeros.

use super::Literal;

/// `token` without a sign as a number, negated if asked for; `None` if it is none.
pub(super) fn number(token: &str, negative: bool) -> Option<Literal> {
    let sign = if negative { "-" } else { "" };
    let signed = |value: f64| if negative { -value } else { value };
    let radix = match token.get(..2).map(str::to_ascii_lowercase).as_deref() {
        Some("0x") => 16,
        Some("0o") => 8,
        Some("0b") => 2,
        _ => 10,
    };
    if radix != 10 {
        let digits = token[2..].replace('_', "");
        let value = u128::from_str_radix(&digits, radix)
            .ok()
            .filter(|_| !digits.starts_with('+'))?;
        return Some(Literal::Int(signed(value as f64), format!("{sign}{value}")));
    }
    if token
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'_')
    {
        let value = crate::number::integer(token)?;
        let digits = token.replace('_', "");
        let bare = digits.trim_start_matches('0');
        if bare.len() < digits.len() && !bare.is_empty() {
            return None;
        }
        let (sign, bare) = if bare.is_empty() {
            ("", "0")
        } else {
            (sign, bare)
        };
        return Some(Literal::Int(signed(value), format!("{sign}{bare}")));
    }
    let numeric_start = token
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_digit() || byte == b'.');
    let value = crate::number::float(token).filter(|_| numeric_start)?;
    Some(Literal::Float(signed(value)))
}
