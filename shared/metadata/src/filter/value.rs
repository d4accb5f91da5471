//! One value of a clause in strict mode.

use std::ops::Range;

use super::{
    FilterFault, Form, Place, Value,
    scanner::{Fault, Scanner, unescape},
};

/// Reads up to the `,` or the end of the clause, which in a group is also a `)` or the word `or`. `None` if nothing stands
/// there.
pub(super) fn parse(scanner: &mut Scanner<'_>, in_group: bool) -> Result<Option<Value>, Fault> {
    scanner.blanks();
    let start = scanner.at;
    if let Some(value) = special(scanner, in_group)? {
        return Ok(Some(value));
    }
    scanner.at = start;
    let bare = plain(scanner, in_group)?;
    let bare = bare.trim();
    let (negated, text) = match bare.strip_prefix('!') {
        Some(rest) => (true, rest.trim()),
        None => (false, bare),
    };
    let place = Place(trimmed(scanner.text, start..scanner.at));
    let value = Value {
        negated,
        form: Form::Plain,
        text: text.to_owned(),
        place,
    };
    Ok((!bare.is_empty()).then_some(value))
}

/// A value of a form other than plain, if one begins here and nothing follows it.
fn special(scanner: &mut Scanner<'_>, in_group: bool) -> Result<Option<Value>, Fault> {
    let start = scanner.at;
    let negated = scanner.take("!");
    if negated {
        scanner.blanks();
    }
    let (form, text) = if scanner.take("=\"\"") {
        (Form::Missing, String::new())
    } else {
        let form = match scanner.rest().get(..2) {
            Some("~\"") => Form::Pattern,
            Some("i\"") => Form::AnyCase,
            _ => return Ok(None),
        };
        scanner.at += 2;
        let quote = scanner.at - 1;
        let Some(text) = scanner.escaped_to_quote() else {
            return Err((FilterFault::UnclosedQuote, quote..scanner.text.len()));
        };
        (
            form,
            if form == Form::Pattern {
                text.to_owned()
            } else {
                unescape(text)
            },
        )
    };
    let end = scanner.at;
    scanner.blanks();
    let alone = ends(scanner, in_group, 0) || (in_group && scanner.or_word().is_some());
    if !alone {
        return Ok(None);
    }
    if form == Form::Pattern {
        super::pattern::compile(&text)
            .map_err(|reason| (FilterFault::Pattern { reason }, start..end))?;
    }
    let text = if form == Form::AnyCase {
        text.trim().to_owned()
    } else {
        text
    };
    Ok(Some(Value {
        negated,
        form,
        text,
        place: Place(start..end),
    }))
}

/// Reads a plain value and drops its quotes.
fn plain(scanner: &mut Scanner<'_>, in_group: bool) -> Result<String, Fault> {
    let mut text = String::new();
    let mut quote = None;
    let mut open = 0_usize;
    loop {
        if quote.is_none()
            && (ends(scanner, in_group, open) || (in_group && open == 0 && at_or(scanner)))
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
fn ends(scanner: &Scanner<'_>, in_group: bool, open: usize) -> bool {
    match scanner.peek() {
        None | Some(',' | ';') => true,
        Some(')') => in_group && open == 0,
        Some(_) => false,
    }
}

/// Blanks begin here, and behind them stands the word `or`.
fn at_or(scanner: &Scanner<'_>) -> bool {
    let rest = scanner.rest();
    let word = rest.trim_start();
    let ahead = Scanner {
        text: scanner.text,
        at: scanner.at + rest.len() - word.len(),
    };
    word.len() < rest.len() && ahead.or_word().is_some()
}

fn trimmed(text: &str, place: Range<usize>) -> Range<usize> {
    let value = &text[place.clone()];
    place.start..place.start + value.trim_end().len().max(1).min(value.len())
}
