//! The patterns of `~`: POSIX basic regular expressions with the extensions of the GNU C library, translated for
//! the `regex` crate. What cannot be translated is reported, not approximated.

use regex::bytes::{Regex, RegexBuilder};

/// Why a pattern is not translated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum PatternError {
    /// Needs memory of what matched.
    #[error("back-references in patterns are not matched natively")]
    BackReference,
    /// Depends on the language of the machine.
    #[error(
        "bracket expressions with [: [= or [. or with letters beyond ASCII are not matched natively"
    )]
    Bracket,
    /// Anything that the two kinds of patterns might read differently.
    #[error("this pattern is not matched natively")]
    Unusual,
}

/// Larger patterns, repetitions multiplied out, are refused: the C library expands them in memory.
const LARGEST: u64 = 2_000;

/// Whether a pattern is small enough to be handed to anybody. `\(\(a\{50\}\)\{50\}\)\{50\}` counts 125,000.
pub(super) fn is_small(pattern: &str) -> bool {
    let mut outer = Vec::new();
    // How much the branch so far and its last part expand to.
    let (mut sum, mut last): (u64, u64) = (0, 0);
    let mut rest = pattern;
    while let Some(character) = rest.chars().next() {
        let (token, behind) = match character {
            '\\' => rest.split_at(1 + rest[1..].chars().next().map_or(0, char::len_utf8)),
            '[' => {
                // `]` is a character where it comes first.
                let skip = 1 + usize::from(rest[1..].starts_with('^'));
                let skip = skip + usize::from(rest[skip..].starts_with(']'));
                let end = rest[skip..]
                    .find(']')
                    .map_or(rest.len(), |end| skip + end + 1);
                rest.split_at(end)
            }
            other => rest.split_at(other.len_utf8()),
        };
        rest = behind;
        match token {
            "\\(" => {
                outer.push(sum);
                sum = 0;
            }
            "\\)" => {
                last = sum.saturating_add(1);
                sum = last.saturating_add(outer.pop().unwrap_or(0));
            }
            "\\{" => {
                let (inside, behind) = rest.split_once("\\}").unwrap_or((rest, ""));
                rest = behind;
                let most = inside
                    .split(',')
                    .filter_map(|n| n.parse::<u64>().ok())
                    .max();
                let repeated = last.saturating_mul(most.unwrap_or(1).max(1));
                sum = sum.saturating_add(repeated - last);
                last = repeated;
            }
            _ => {
                last = 1;
                sum = sum.saturating_add(1);
            }
        }
        if sum > LARGEST {
            return false;
        }
    }
    outer.iter().fold(sum, |all, sum| all.saturating_add(*sum)) <= LARGEST
}

/// Compiles a pattern; `/i` at its end makes it ignore case.
pub(super) fn compile(pattern: &str) -> Result<Regex, PatternError> {
    let folded = pattern
        .strip_suffix("/i")
        .filter(|rest| !rest.is_empty() && !rest.ends_with('\\'));
    let (pattern, ignore_case) = match folded {
        Some(rest) => (rest, true),
        None => (pattern, false),
    };
    RegexBuilder::new(&translate(pattern)?)
        .case_insensitive(ignore_case)
        .dot_matches_new_line(true)
        .size_limit(1 << 20)
        .build()
        .map_err(|_| PatternError::Unusual)
}

fn translate(pattern: &str) -> Result<String, PatternError> {
    let mut out = String::new();
    let mut characters = pattern.chars().peekable();
    // Whether a star here would be the character: at the beginning of a branch.
    let mut at_start = true;
    let mut depth = 0u32;
    while let Some(c) = characters.next() {
        let starts = std::mem::replace(&mut at_start, false);
        match c {
            '*' if starts => out.push_str(r"\*"),
            // Two repeats in a row may mean laziness in the other kind of patterns.
            '*' if ends_in_repeat(&out) => return Err(PatternError::Unusual),
            '*' => out.push('*'),
            '.' => out.push('.'),
            '^' if starts => {
                out.push('^');
                at_start = true;
            }
            '$' if ends_branch(&characters) => out.push('$'),
            '[' => bracket(&mut characters, &mut out)?,
            '\\' => match characters.next().ok_or(PatternError::Unusual)? {
                '(' => {
                    depth += 1;
                    out.push_str("(?:");
                    at_start = true;
                }
                ')' => {
                    depth = depth.checked_sub(1).ok_or(PatternError::Unusual)?;
                    out.push(')');
                }
                '|' => {
                    out.push('|');
                    at_start = true;
                }
                repeat @ ('+' | '?' | '{') if !starts && !ends_in_repeat(&out) => match repeat {
                    '{' => interval(&mut characters, &mut out)?,
                    _ => out.push(repeat),
                },
                letter @ ('w' | 'W' | 's' | 'S' | 'b' | 'B') => {
                    out.push_str("(?-u:\\");
                    out.push(letter);
                    out.push(')');
                }
                '1'..='9' => return Err(PatternError::BackReference),
                literal @ ('.' | '*' | '[' | ']' | '^' | '$' | '\\' | '/' | '-') => {
                    push_literal(&mut out, literal);
                }
                _ => return Err(PatternError::Unusual),
            },
            literal if literal.is_ascii() => push_literal(&mut out, literal),
            _ => return Err(PatternError::Unusual),
        }
    }
    if depth > 0 {
        return Err(PatternError::Unusual);
    }
    Ok(out)
}

/// Whether the translation ends in a repeat, not in the character of one.
fn ends_in_repeat(out: &str) -> bool {
    let mut reversed = out.chars().rev();
    matches!(reversed.next(), Some('*' | '+' | '?' | '}')) && reversed.next() != Some('\\')
}

fn push_literal(out: &mut String, literal: char) {
    // An escaped `<` would be an anchor to the `regex` crate, so only its own signs are escaped.
    if r"\.+*?()|[]{}^$#&-~".contains(literal) {
        out.push('\\');
    }
    out.push(literal);
}

/// A `$` is an anchor only at the end or before `\)` and `\|`.
fn ends_branch(rest: &std::iter::Peekable<std::str::Chars<'_>>) -> bool {
    let mut rest = rest.clone();
    match rest.next() {
        None => true,
        Some('\\') => matches!(rest.next(), Some(')' | '|')),
        _ => false,
    }
}

/// `\{2\}`, `\{2,\}`, `\{2,5\}`.
fn interval(
    characters: &mut impl Iterator<Item = char>,
    out: &mut String,
) -> Result<(), PatternError> {
    let mut inside = String::new();
    loop {
        match characters.next().ok_or(PatternError::Unusual)? {
            '\\' if characters.next() == Some('}') => break,
            c if c.is_ascii_digit() || c == ',' => inside.push(c),
            _ => return Err(PatternError::Unusual),
        }
    }
    if !inside.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(PatternError::Unusual);
    }
    out.push('{');
    out.push_str(&inside);
    out.push('}');
    Ok(())
}

/// `[abc]`, `[^a-z]`; backslashes are characters in it.
fn bracket(
    characters: &mut std::iter::Peekable<std::str::Chars<'_>>,
    out: &mut String,
) -> Result<(), PatternError> {
    out.push('[');
    if characters.next_if_eq(&'^').is_some() {
        out.push('^');
    }
    let mut first = true;
    loop {
        let c = characters.next().ok_or(PatternError::Unusual)?;
        match c {
            ']' if !first => break,
            '[' if matches!(characters.peek(), Some(':' | '=' | '.')) => {
                return Err(PatternError::Bracket);
            }
            _ if !c.is_ascii() => return Err(PatternError::Bracket),
            _ => {}
        }
        first = false;
        push_literal(out, c);
        // A range needs an end that is not the closing bracket.
        if characters.peek() == Some(&'-') {
            characters.next();
            match characters.peek() {
                Some(']') | None => out.push_str(r"\-"),
                Some(&end) if end.is_ascii() && end != '[' => {
                    characters.next();
                    out.push('-');
                    push_literal(out, end);
                }
                Some(_) => return Err(PatternError::Bracket),
            }
        }
    }
    out.push(']');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repetitions_that_multiply_are_refused() {
        for (pattern, small) in [
            (r"a\{1,50\}", true),
            (r"\(\(a\{1,50\}\)\{1,50\}\)\{1,50\}b", false),
            (r"\(ab\{40\}\)\{40\}", true),
            (r"\(ab\{60\}\)\{60\}", false),
            (r"a\{50\}\{50\}", false),
            (r"a\{2001\}", false),
            (r"[ACGT]\{1000\}", true),
            (r"[]\{5000]\{3\}", true),
            (r"\(\(\(\(\(a\{9\}\)\{9\}\)\{9\}\)\{9\}", false),
            (r"a\{99999999999999999999\}", true),
            ("{50}{50}{50}", true),
            (r"é\{3\}\", true),
        ] {
            assert_eq!(is_small(pattern), small, "{pattern}");
        }
    }

    #[test]
    fn basic_patterns_keep_their_meaning() {
        for (pattern, text, matches) in [
            ("a+", "a+", true),
            ("a+", "aa", false),
            (r"a\+b", "aab", true),
            (r"^\(x\|y\)$", "y", true),
            ("^*a", "*a", true),
            ("a|b", "a|b", true),
            ("(a)", "(a)", true),
            ("a{2}", "aa", false),
            (r"a\{2\}", "aa", true),
            ("[]x]", "]", true),
            ("[a-c-]", "-", true),
            (r"[\d]", "d", true),
            ("RS1/i", "rs1", true),
            ("/i", "/i", true),
            ("a$b", "a$b", true),
            ("", "anything", true),
            ("^<", "<DEL>", true),
            ("^<", "A", false),
        ] {
            assert_eq!(
                compile(pattern).unwrap().is_match(text.as_bytes()),
                matches,
                "{pattern} {text}"
            );
        }
    }

    #[test]
    fn what_is_not_certain_is_refused() {
        for pattern in [
            r"\(a\)\1",
            "[[:alpha:]]",
            "ä",
            r"a\",
            r"\(a",
            "[a",
            r"\d",
            "a**",
            r"\<a",
        ] {
            assert!(compile(pattern).is_err(), "{pattern}");
        }
    }
}
