//! Quoting texts from outside in messages: short, and on one line.

use super::Chars;
use crate::limits::{MESSAGE_MAX_BYTES, QUOTE_MAX_CHARS};

/// The beginning of a text, at most [`QUOTE_MAX_CHARS`] characters, with everything escaped that is not a plain character.
#[must_use]
pub fn excerpt(text: &str) -> String {
    match text.char_indices().nth(QUOTE_MAX_CHARS) {
        Some((end, _)) => on_one_line(&text[..end]) + "…",
        None => on_one_line(text),
    }
}

/// The text with everything escaped that is not a plain character.
#[must_use]
pub fn on_one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        if Chars::Line.allows(character) {
            line.push(character);
        } else {
            line.extend(character.escape_default());
        }
    }
    line
}

/// A message of at most [`MESSAGE_MAX_BYTES`].
#[must_use]
pub fn bounded(message: String) -> String {
    shortened(message, MESSAGE_MAX_BYTES)
}

/// A text of at most `most` bytes: of a longer one the middle is left out, as messages say at both ends what is wrong.
#[must_use]
pub fn shortened(text: String, most: usize) -> String {
    const LEFT_OUT: &str = " … ";
    if text.len() <= most {
        return text;
    }
    let half = most.saturating_sub(LEFT_OUT.len()) / 2;
    let head = &text[..text.floor_char_boundary(half)];
    let tail = &text[text.ceil_char_boundary(text.len() - half)..];
    format!("{head}{LEFT_OUT}{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_short_and_on_one_line() {
        assert_eq!(excerpt("a\n\u{fffe}\u{7f}å"), "a\\n\\u{fffe}\\u{7f}å");
        let long = excerpt(&"x".repeat(1_000_000));
        assert_eq!(long.chars().count(), QUOTE_MAX_CHARS + 1);
    }

    #[test]
    fn a_message_has_an_end() {
        let long = bounded(format!("begin {} end", "å".repeat(1_000_000)));
        assert!(long.len() <= MESSAGE_MAX_BYTES);
        assert!(long.starts_with("begin å") && long.ends_with("å end"));
        assert_eq!(bounded("short".to_owned()), "short");
    }
}
