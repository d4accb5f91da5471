//! A place in the filter's text, and steps from it.

use std::ops::Range;

use super::FilterFault;

/// A fault and where it stands, in bytes.
pub(super) type Fault = (FilterFault, Range<usize>);

pub(super) struct Scanner<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    /// How many groups are open here.
    pub(super) depth: usize,
    /// Patterns read so far.
    pub(super) patterns: usize,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
            patterns: 0,
        }
    }

    /// Inside a group `)` and the word `or` have a meaning.
    pub(super) fn in_group(&self) -> bool {
        self.depth > 0
    }

    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Steps over the next letter, if there is one.
    pub(super) fn next(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.at += letter.len_utf8();
        Some(letter)
    }

    pub(super) fn take(&mut self, wanted: &str) -> bool {
        let found = self.rest().starts_with(wanted);
        if found {
            self.at += wanted.len();
        }
        found
    }

    pub(super) fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    /// Reads on behind an opening quote to the closing one, a backslash taking the next letter with it. Returns what lies
    /// between, backslashes kept; `None` if it never closes.
    pub(super) fn escaped_to_quote(&mut self) -> Option<&'t str> {
        let start = self.at;
        loop {
            match self.next()? {
                '"' => return Some(&self.text[start..self.at - 1]),
                '\\' => {
                    self.next()?;
                }
                _ => {}
            }
        }
    }
}

/// Length of the word `or` at the start of `text`, if it is a word of its own.
pub(super) fn or_word(text: &str) -> Option<usize> {
    let word = text.get(..2)?;
    let alone = text[2..]
        .chars()
        .next()
        .is_none_or(|next| next.is_whitespace() || next == '(');
    (alone && word.eq_ignore_ascii_case("or")).then_some(2)
}

/// `text` with `\"` and `\\` replaced by what they stand for; any other backslash stays.
pub(super) fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letters.peek() {
            Some(next @ ('"' | '\\')) if letter == '\\' => {
                plain.push(*next);
                letters.next();
            }
            _ => plain.push(letter),
        }
    }
    plain
}
