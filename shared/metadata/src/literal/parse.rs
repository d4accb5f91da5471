//! Reads one literal that fills the whole text.

use super::{Literal, escape, number::number};

/// Deeper nesting is refused, as Python refuses it.
const DEEPEST: usize = 190;

/// `text` as a literal, or `None` if it is not one literal and nothing else.
pub(crate) fn parse(text: &str) -> Option<Literal> {
    let mut parser = Parser {
        text,
        at: 0,
        depth: 0,
    };
    let value = parser.value()?;
    parser.blanks();
    (parser.at == text.len()).then_some(value)
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.rest().bytes().next()
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len()
            - rest
                .trim_start_matches([' ', '\t', '\n', '\r', '\u{c}'])
                .len();
    }

    fn take(&mut self, wanted: u8) -> bool {
        self.blanks();
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self) -> Option<Literal> {
        self.blanks();
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let value = match self.peek()? {
            b'[' => self.items(b']').map(|(items, _)| Literal::List(items)),
            b'(' => self
                .items(b')')
                .and_then(|(mut items, comma)| match items.len() {
                    1 if !comma => items.pop(),
                    _ => Some(Literal::Tuple(items)),
                }),
            b'{' => self.braces(),
            b'+' | b'-' | b'.' | b'0'..=b'9' => self.number(),
            b'"' | b'\'' => self.strings(),
            _ => self.word(),
        };
        self.depth -= 1;
        value
    }

    /// The items up to `close`, and whether a comma stood behind any of them.
    fn items(&mut self, close: u8) -> Option<(Vec<Literal>, bool)> {
        self.at += 1;
        let mut items = Vec::new();
        let mut comma = false;
        loop {
            if self.take(close) {
                return Some((items, comma));
            }
            if !items.is_empty() && !comma {
                return None;
            }
            items.push(self.value()?);
            let more = self.take(b',');
            if !more {
                return self.take(close).then_some((items, comma));
            }
            comma = true;
        }
    }

    fn braces(&mut self) -> Option<Literal> {
        self.at += 1;
        let mut keys = Vec::new();
        let mut pairs = Vec::new();
        loop {
            if self.take(b'}') {
                break;
            }
            let key = self.value()?;
            if self.take(b':') {
                pairs.push((key, self.value()?));
            } else {
                keys.push(key);
            }
            if !self.take(b',') {
                if !self.take(b'}') {
                    return None;
                }
                break;
            }
        }
        match (keys.is_empty(), pairs.is_empty()) {
            (true, _) => Some(Literal::Dict(pairs)),
            (false, true) => Some(Literal::Set(keys)),
            (false, false) => None,
        }
    }

    fn word(&mut self) -> Option<Literal> {
        let rest = self.rest();
        let length = rest
            .find(|letter: char| !letter.is_alphanumeric() && letter != '_')
            .unwrap_or(rest.len());
        let word = &rest[..length];
        let value = match word {
            "None" => Literal::Nothing,
            "True" => Literal::Bool(true),
            "False" => Literal::Bool(false),
            _ if matches!(rest.as_bytes().get(length), Some(b'"' | b'\'')) => {
                return self.strings();
            }
            _ => return None,
        };
        self.at += length;
        Some(value)
    }

    fn number(&mut self) -> Option<Literal> {
        let start = self.at;
        let negative = self.peek() == Some(b'-');
        if matches!(self.peek(), Some(b'+' | b'-')) {
            self.at += 1;
            self.blanks();
        }
        let rest = self.rest();
        let mut length = 0;
        for (at, byte) in rest.bytes().enumerate() {
            let exponent_sign = matches!(byte, b'+' | b'-')
                && at > 0
                && matches!(rest.as_bytes()[at - 1], b'e' | b'E')
                && !rest[..2.min(at)].eq_ignore_ascii_case("0x");
            if !(byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_' || exponent_sign) {
                break;
            }
            length = at + 1;
        }
        let token = &rest[..length];
        self.at += length;
        if let Some(real) = token.strip_suffix(['j', 'J']) {
            number(real, false)?;
            return Some(Literal::Other(self.text[start..self.at].to_owned()));
        }
        number(token, negative)
    }

    /// One or more quoted strings side by side, which are one string.
    fn strings(&mut self) -> Option<Literal> {
        let start = self.at;
        let mut text = String::new();
        let mut bytes = None;
        loop {
            let is_bytes = self.string(&mut text)?;
            if bytes.is_some_and(|before| before != is_bytes) {
                return None;
            }
            bytes = Some(is_bytes);
            let end = self.at;
            self.blanks();
            let rest = self.rest();
            let prefix = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
            if !matches!(rest.as_bytes().get(prefix), Some(b'"' | b'\'')) {
                return Some(match bytes {
                    Some(true) => Literal::Other(self.text[start..end].to_owned()),
                    _ => Literal::Text(text),
                });
            }
        }
    }

    /// Appends one quoted string to `text` and says whether it was a bytes string.
    fn string(&mut self, text: &mut String) -> Option<bool> {
        let rest = self.rest();
        let prefix = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (raw, bytes) = match rest[..prefix].to_ascii_lowercase().as_str() {
            "" | "u" => (false, false),
            "r" => (true, false),
            "b" => (false, true),
            "rb" | "br" => (true, true),
            _ => return None,
        };
        self.at += prefix;
        let quote = rest.get(prefix..=prefix)?;
        let triple = quote.repeat(3);
        let close = if self.rest().starts_with(&triple) {
            triple.as_str()
        } else {
            quote
        };
        self.at += close.len();
        loop {
            let rest = self.rest();
            if rest.starts_with(close) {
                self.at += close.len();
                return Some(bytes);
            }
            let letter = rest.chars().next()?;
            match letter {
                '\\' if raw => {
                    let length = 1 + rest[1..].chars().next()?.len_utf8();
                    text.push_str(&rest[..length]);
                    self.at += length;
                }
                '\\' => {
                    let (decoded, length) = escape::decode(&rest[1..])?;
                    text.push_str(&decoded);
                    self.at += 1 + length;
                }
                '\n' | '\r' if close.len() == 1 => return None,
                letter => {
                    text.push(letter);
                    self.at += letter.len_utf8();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_as_python_reads_them() {
        for (text, shown) in [
            ("[1, 2]", "[1, 2]"),
            ("[ 1,2 , ]", "[1, 2]"),
            ("[]", "[]"),
            (r#"["a", 'b']"#, "['a', 'b']"),
            (r#"["it's", 'say "x"']"#, r#"["it's", 'say "x"']"#),
            (
                "[1.0, -2e3, +4, 0x10, 1_000]",
                "[1.0, -2000.0, 4, 16, 1000]",
            ),
            ("[True, None]", "[True, None]"),
            (
                "[[1], (2,), (3), {4}, {5: 6}, {}]",
                "[[1], (2,), 3, {4}, {5: 6}, {}]",
            ),
            (r#"["a" "b", r"\n", "\x41\u00e5"]"#, r"['ab', '\\n', 'Aå']"),
            ("['''x''', 1j]", "['x', 1j]"),
            ("[1e400]", "[inf]"),
            ("[1],", "nothing"),
            ("[-0, 00]", "[0, 0]"),
        ] {
            let read = parse(text).map_or_else(|| "nothing".to_owned(), |value| value.to_string());
            assert_eq!(read, shown, "{text}");
        }
    }

    #[test]
    fn what_is_not_one_literal_is_refused() {
        for text in [
            "[4",
            "[1 2]",
            "[a, b]",
            "[2;4]",
            "[,]",
            "[1,,2]",
            "[1] x",
            "[1+2]",
            "[007]",
            "[--1]",
            "[\"a]",
            "[f'x']",
            "[1_]",
            "[inf]",
            "[nan]",
            "[\"\\xZZ\"]",
            "]",
            "",
            "[0x]",
            "[1e]",
            "[{1: 2, 3}]",
            "[(]",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse(&"[".repeat(100_000)), None);
    }
}
