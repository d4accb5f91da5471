//! Backslash escapes inside quoted literals.

/// Decodes the escape at the start of `rest`, which follows a backslash. Returns the decoded text and how many bytes of
/// `rest` it took; `None` if the escape is malformed. An unknown escape stands for itself, backslash included.
pub(super) fn decode(rest: &str) -> Option<(String, usize)> {
    let letter = rest.chars().next()?;
    let one = |text: &str| Some((text.to_owned(), 1));
    match letter {
        '\n' => one(""),
        '\\' => one("\\"),
        '\'' => one("'"),
        '"' => one("\""),
        'a' => one("\u{7}"),
        'b' => one("\u{8}"),
        'f' => one("\u{c}"),
        'n' => one("\n"),
        'r' => one("\r"),
        't' => one("\t"),
        'v' => one("\u{b}"),
        'x' => code(rest, 2),
        'u' => code(rest, 4),
        'U' => code(rest, 8),
        'N' => None,
        '0'..='7' => {
            let length = rest
                .bytes()
                .take(3)
                .take_while(|byte| matches!(byte, b'0'..=b'7'))
                .count();
            let number = u32::from_str_radix(&rest[..length], 8).ok()?;
            Some((char::from_u32(number)?.to_string(), length))
        }
        other => Some((format!("\\{other}"), other.len_utf8())),
    }
}

fn code(rest: &str, digits: usize) -> Option<(String, usize)> {
    let hexadecimal = rest.get(1..=digits)?;
    if !hexadecimal.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let letter = char::from_u32(u32::from_str_radix(hexadecimal, 16).ok()?)?;
    Some((letter.to_string(), digits + 1))
}
