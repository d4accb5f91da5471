//! What a text may be, and why one is refused.

use std::fmt;

/// Which characters a text may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chars {
    /// Visible ASCII, no spaces.
    Token,
    /// One line: no control characters, no ends of line, nothing that XML cannot carry.
    Line,
    /// As a line, with tabs and ends of line.
    Prose,
}

impl Chars {
    /// The first character that does not belong.
    #[must_use]
    pub fn first_refused(self, text: &str) -> Option<char> {
        text.chars().find(|&character| !self.allows(character))
    }

    pub(super) fn allows(self, character: char) -> bool {
        match self {
            Self::Token => character.is_ascii_graphic(),
            Self::Prose if matches!(character, '\t' | '\n' | '\r') => true,
            Self::Line | Self::Prose => {
                !character.is_control()
                    && !matches!(character, '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}')
            }
        }
    }
}

/// What a length counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Unicode characters.
    Characters,
    /// Bytes of UTF-8.
    Bytes,
}

impl Unit {
    fn count(self, text: &str) -> usize {
        match self {
            Self::Characters => text.chars().count(),
            Self::Bytes => text.len(),
        }
    }
}

/// Why a text is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextError {
    /// Too short or too long.
    Length {
        /// Fewest.
        least: usize,
        /// Most.
        most: usize,
        /// How many there are.
        found: usize,
        /// Of what.
        unit: Unit,
    },
    /// A character that does not belong.
    Character {
        /// Which.
        character: char,
        /// What would.
        allowed: Chars,
    },
    /// Not of the form that is asked for, which this says.
    Form(&'static str),
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { found: 0, .. } => f.write_str("it is empty"),
            Self::Length {
                least,
                most,
                found,
                unit,
            } => {
                let unit = match unit {
                    Unit::Characters => "characters",
                    Unit::Bytes => "bytes",
                };
                write!(f, "use {least} to {most} {unit}; it has {found}")
            }
            Self::Character { character, allowed } => {
                let place = u32::from(*character);
                match allowed {
                    Chars::Token => write!(
                        f,
                        "it contains the character U+{place:04X}; use visible ASCII characters without spaces"
                    ),
                    Chars::Line | Chars::Prose => write!(
                        f,
                        "it contains the control character or noncharacter U+{place:04X}; remove it"
                    ),
                }
            }
            Self::Form(form) => f.write_str(form),
        }
    }
}

impl std::error::Error for TextError {}

/// Length first: a long text is not looked through.
pub(crate) fn check(
    text: &str,
    allowed: Chars,
    (least, most): (usize, usize),
    unit: Unit,
) -> Result<(), TextError> {
    // No character takes more than four bytes.
    let found = if least > 0 && text.trim().is_empty() {
        0
    } else if text.len() > most.saturating_mul(4) {
        text.len()
    } else {
        unit.count(text)
    };
    if !(least..=most).contains(&found) {
        return Err(TextError::Length {
            least,
            most,
            found,
            unit,
        });
    }
    match allowed.first_refused(text) {
        Some(character) => Err(TextError::Character { character, allowed }),
        None => Ok(()),
    }
}
