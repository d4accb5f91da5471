//! A filter in one canonical spelling.

use std::fmt::{Formatter, Result, Write as _};

use super::{Clause, Expression, Form, Value};
use crate::mode::Mode;

pub(super) fn expression(f: &mut Formatter<'_>, expression: &Expression, mode: Mode) -> Result {
    match expression {
        Expression::All => Ok(()),
        Expression::Clause(one) => clause(f, one, mode),
        Expression::And(parts) => joined(f, parts, ";", mode),
        Expression::Or(parts) => joined(f, parts, " or ", mode),
    }
}

fn joined(f: &mut Formatter<'_>, parts: &[Expression], joint: &str, mode: Mode) -> Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(joint)?;
        }
        // Outside all groups `or` joins groups only, so each alternative is one.
        if matches!(part, Expression::Clause(_)) && joint == ";" {
            expression(f, part, mode)?;
        } else {
            f.write_char('(')?;
            expression(f, part, mode)?;
            f.write_char(')')?;
        }
    }
    Ok(())
}

fn clause(f: &mut Formatter<'_>, clause: &Clause, mode: Mode) -> Result {
    if mode == Mode::Compat || is_bare(&clause.column) {
        f.write_str(&clause.column)?;
    } else {
        escaped(f, &clause.column)?;
    }
    f.write_char(':')?;
    for (at, one) in clause.values.iter().enumerate() {
        if at > 0 {
            f.write_char(',')?;
        }
        value(f, one)?;
    }
    Ok(())
}

fn value(f: &mut Formatter<'_>, value: &Value) -> Result {
    if value.negated {
        f.write_char('!')?;
    }
    match value.form {
        Form::Plain if value.text.is_empty() || is_bare(&value.text) => f.write_str(&value.text),
        Form::Plain => write!(f, "\"{}\"", value.text),
        Form::Pattern => write!(f, "~\"{}\"", value.text),
        Form::AnyCase => {
            f.write_char('i')?;
            escaped(f, &value.text)
        }
        Form::Missing => f.write_str("=\"\""),
    }
}

/// `text` needs no quotes, wherever it stands.
fn is_bare(text: &str) -> bool {
    let bare = |letter: char| {
        letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.' | '<' | '>' | '=' | '+')
    };
    !text.is_empty() && text.chars().all(bare) && !text.eq_ignore_ascii_case("or")
}

fn escaped(f: &mut Formatter<'_>, text: &str) -> Result {
    f.write_char('"')?;
    for letter in text.chars() {
        if matches!(letter, '"' | '\\') {
            f.write_char('\\')?;
        }
        f.write_char(letter)?;
    }
    f.write_char('"')
}
