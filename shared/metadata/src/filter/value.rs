//! One value of a clause in strict mode.

use std::ops::Range;

use super::{
    FilterFault, Form, Place, Value,
    scanner::{Fault, Scanner, or_word, unescape},
};

/// Each pattern of a filter takes memory of its own, so there are not many.
const MOST_PATTERNS: usize = 50;

/// Reads up to the `,` or the end of the clause, which in a group is also a `)` or the word `or`. `None` if nothing stands
/// there.
pub(super) fn parse(scanner: &mut Scanner<'_>) -> Result<Option<Value>, Fault> {
    scanner.blanks();
    let start = scanner.at;
    if let Some(value) = special(scanner)? {
        return Ok(Some(value));
    }
    scanner.at = start;
    let bare = plain(scanner)?;
    let place = trimmed(scanner.text, start..scanner.at);
    Ok(Value::plain(bare.trim(), place))
}

/// A value of a form other than plain, if one begins here and nothing follows it.
fn special(scanner: &mut Scanner<'_>) -> Result<Option<Value>, Fault> {
    let start = scanner.at;
    let negated = scanner.take("!");
    if negated {
        scanner.blanks();
    }
    let (form, written) = if scanner.take("=\"\"") {
        (Form::Missing, "")
    } else {
        let form = match scanner.rest().get(..2) {
            Some("~\"") => Form::Pattern,
            Some("i\"") => Form::AnyCase,
            _ => return Ok(None),
        };
        scanner.at += 2;
        let quote = scanner.at - 1;
        let Some(written) = scanner.escaped_to_quote() else {
            return Err((FilterFault::UnclosedQuote, quote..scanner.text.len()));
        };
        (form, written)
    };
    let place = start..scanner.at;
    scanner.blanks();
    let alone = ends(scanner, 0) || (scanner.in_group() && or_word(scanner.rest()).is_some());
    if !alone {
        return Ok(None);
    }
    let text = match form {
        Form::Pattern => {
            check_pattern(scanner, written).map_err(|fault| (fault, place.clone()))?;
            written.to_owned()
        }
        Form::AnyCase => unescape(written).trim().to_owned(),
        Form::Missing | Form::Plain => String::new(),
    };
    Ok(Some(Value {
        negated,
        form,
        text,
        place: Place(place),
    }))
}

fn check_pattern(scanner: &mut Scanner<'_>, written: &str) -> Result<(), FilterFault> {
    scanner.patterns += 1;
    if scanner.patterns > MOST_PATTERNS {
        return Err(FilterFault::TooManyPatterns {
            most: MOST_PATTERNS,
        });
    }
    super::pattern::compile(written)
        .map(drop)
        .map_err(|reason| FilterFault::Pattern { reason })
}

/// Reads a plain value and drops its quotes.
fn plain(scanner: &mut Scanner<'_>) -> Result<String, Fault> {
    let mut text = String::new();
    let mut quote = None;
    let mut open = 0_usize;
    loop {
        if quote.is_none()
            && (ends(scanner, open) || (scanner.in_group() && open == 0 && at_or(scanner)))
        {
            return Ok(text);
        }
        let at = scanner.at;
        match (scanner.next(), quote) {
            (None, None) => return Ok(text),
            (None, Some(at)) => return Err((FilterFault::UnclosedQuote, at..scanner.text.len())),
            (Some('"'), None) => quote = Some(at),
            (Some('"'), Some(_)) => quote = None,
            (Some(letter), quote) => {
                match letter {
                    '(' if quote.is_none() => open += 1,
                    ')' if quote.is_none() => open = open.saturating_sub(1),
                    _ => {}
                }
                text.push(letter);
            }
        }
    }
}

/// A value ends here; `open` parentheses of its own are still to be closed, which matters in a group only.
fn ends(scanner: &Scanner<'_>, open: usize) -> bool {
    match scanner.peek() {
        None | Some(',' | ';') => true,
        Some(')') => scanner.in_group() && open == 0,
        Some(_) => false,
    }
}

/// Blanks begin here, and behind them stands the word `or`.
fn at_or(scanner: &Scanner<'_>) -> bool {
    let rest = scanner.rest();
    let word = rest.trim_start();
    word.len() < rest.len() && or_word(word).is_some()
}

fn trimmed(text: &str, place: Range<usize>) -> Range<usize> {
    let value = &text[place.clone()];
    place.start..place.start + value.trim_end().len().max(1).min(value.len())
}
