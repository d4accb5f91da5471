//! Cuts the command text into segments and tokens by the quoting rules of a POSIX shell.
//!
//! Nothing is expanded: no variables, no globs, no comments. The text never reaches a shell.

use thiserror::Error;

/// Why a segment cannot be cut into tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum QuotingError {
    /// A quote is opened and not closed.
    #[error("the quote {quote} opened at character {position} is never closed; close it")]
    Unbalanced {
        /// The quote character.
        quote: char,
        /// 1-based position of the opening quote within its segment.
        position: usize,
    },
    /// The text ends in a backslash.
    #[error("the text ends in a backslash that escapes nothing; remove it or double it")]
    DanglingBackslash,
}

/// The segments between semicolons that are neither quoted nor escaped. Always at least one.
///
/// Text after a quote that is never closed belongs to one segment; [`tokens`] reports the quote.
pub fn segments(text: &str) -> Vec<&str> {
    let mut segments = Vec::new();
    let mut begin = 0;
    let mut quote = None;
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match (quote, character) {
            (None, ';') => {
                segments.push(&text[begin..at]);
                begin = at + 1;
            }
            (None, '\'' | '"') => quote = Some(character),
            (None | Some('"'), '\\') => {
                characters.next();
            }
            (Some(open), _) if open == character => quote = None,
            _ => {}
        }
    }
    segments.push(&text[begin..]);
    segments
}

/// The tokens of one segment, quotes resolved.
///
/// Within single quotes everything is literal. Within double quotes a backslash escapes only `"` and itself.
pub fn tokens(segment: &str) -> Result<Vec<String>, QuotingError> {
    let mut tokens = Vec::new();
    let mut token: Option<String> = None;
    let mut quote: Option<(char, usize)> = None;
    let mut characters = segment.chars().enumerate().peekable();
    while let Some((at, character)) = characters.next() {
        match (quote, character) {
            (None, ' ' | '\t' | '\r' | '\n') => tokens.extend(token.take()),
            (None, '\'' | '"') => {
                quote = Some((character, at + 1));
                token.get_or_insert_default();
            }
            (None, '\\') => {
                let (_, escaped) = characters.next().ok_or(QuotingError::DanglingBackslash)?;
                token.get_or_insert_default().push(escaped);
            }
            (Some((open, _)), _) if open == character => quote = None,
            (Some(('"', _)), '\\') => {
                let escaped = characters.next_if(|(_, next)| matches!(next, '"' | '\\'));
                let literal = escaped.map_or('\\', |(_, next)| next);
                token.get_or_insert_default().push(literal);
            }
            (_, literal) => token.get_or_insert_default().push(literal),
        }
    }
    if let Some((quote, position)) = quote {
        return Err(QuotingError::Unbalanced { quote, position });
    }
    tokens.extend(token);
    Ok(tokens)
}

/// The token in a spelling that [`tokens`] reads back as the same token.
pub(super) fn quote(token: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=+,.:/^@%".contains(c);
    if !token.is_empty() && token.chars().all(plain) {
        token.to_owned()
    } else {
        format!("'{}'", token.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn semicolons_in_quotes_and_after_backslashes_do_not_split() {
        assert_eq!(
            segments(r#"view -i 'a;b' ; view -i "c\";d";view \; -G"#),
            ["view -i 'a;b' ", r#" view -i "c\";d""#, r"view \; -G"]
        );
        // A backslash is literal in single quotes, so this quote closes.
        assert_eq!(segments(r"'\';x"), [r"'\'", "x"]);
        assert_eq!(segments(""), [""]);
    }

    #[test]
    fn tokens_follow_the_shell() {
        assert_eq!(
            tokens(r#"view  -i 'QUAL>3 0'"x\"\n" a\ b ''"#),
            Ok(["view", "-i", r#"QUAL>3 0x"\n"#, "a b", ""]
                .map(String::from)
                .to_vec())
        );
        assert_eq!(
            tokens("view -i 'QUAL"),
            Err(QuotingError::Unbalanced {
                quote: '\'',
                position: 9
            })
        );
        assert_eq!(tokens(r"view \"), Err(QuotingError::DanglingBackslash));
    }

    #[test]
    fn quoted_tokens_read_back() {
        for token in [
            "", "a b", "it's", r"\", "\"", ";", "ä", "-i", "\n", "$HOME", "a'b'",
        ] {
            assert_eq!(
                tokens(&quote(token)),
                Ok(vec![token.to_owned()]),
                "{token:?}"
            );
            assert_eq!(segments(&quote(token)).len(), 1, "{token:?}");
        }
    }
}
