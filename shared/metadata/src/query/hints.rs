//! What a clause may have been meant to ask, told beside an answer that takes it as written. Strict mode only.
//!
//! A stock filter keeps its meaning, so these are warnings and never change an answer.

use crate::{
    date::Date,
    filter::{Clause, Filter, Form, Value},
    missing::is_word,
    reading::{Column, Kind},
    table::Table,
    validate::quoted,
};

/// What to add to the warning that no row matches a clause.
pub(super) fn on_no_match(filter: &Filter, clause: &Clause) -> &'static str {
    let any = |test: &dyn Fn(&Value) -> bool| {
        let mut values = clause.values.iter();
        values.any(|value| value.form == Form::Plain && test(value))
    };
    if any(&|value| is_word(&value.text)) {
        " The words for a missing value match no cell: missing cells are found with =\"\"."
    } else if any(&|value| {
        joint(filter.at(&value.place)).is_some_and(|(_, rest)| !rest.contains(':'))
    }) {
        " Several values are separated by ','."
    } else if any(&|value| value.text.contains(['*', '?', '%'])) {
        " There are no wildcards: patterns are written ~\"pattern\"."
    } else {
        ""
    }
}

/// A value that seems to hold another clause, as in `Area:North or Weight:>10`.
pub(super) fn on_words(filter: &Filter, column: &Column, value: &Value) -> Option<String> {
    let (word, rest) = joint(filter.at(&value.place))?;
    if !rest.contains(':') {
        return None;
    }
    let advice = if word == "or" {
        "Alternatives are written in parentheses: (A:1) or (B:2)"
    } else {
        "Clauses that must all hold are separated by ';'"
    };
    Some(format!(
        "All of {} is taken as one value of column {}. {advice}.",
        quoted(&value.text),
        quoted(&column.name)
    ))
}

/// The first `or` or `and` in a value without quotes, and what follows it.
fn joint(written: &str) -> Option<(&'static str, &str)> {
    if written.contains('"') {
        return None;
    }
    let mut from = 0;
    while let Some(at) = written[from..].find(char::is_whitespace) {
        let rest = written[from + at..].trim_start();
        for word in ["or", "and"] {
            let follows = rest
                .get(word.len()..)
                .filter(|behind| behind.starts_with(char::is_whitespace));
            if let Some(behind) = follows
                && rest[..word.len()].eq_ignore_ascii_case(word)
            {
                return Some((word, behind));
            }
        }
        from = written.len() - rest.len();
    }
    None
}

/// A month or year on a column of dates, where it equals cells of that text only and not its days.
pub(super) fn on_part_of_a_date(table: &Table, column: &Column, value: &Value) -> Option<String> {
    if column.kind != Kind::Date {
        return None;
    }
    let period = Date::parse_value(&value.text).filter(|date| !date.is_day())?;
    let (at, _) = table
        .reading(crate::mode::Mode::Strict)
        .column(&column.name)?;
    let within = table
        .cells()
        .column(at)
        .map(crate::missing::trim)
        .filter(|cell| *cell != value.text)
        .filter_map(Date::parse)
        .filter(|cell| cell.is_from(period) && cell.is_until(period))
        .count();
    (within > 0).then(|| {
        format!(
            "The value {text} on the dates of column {name} equals cells of exactly that text; {within} cell(s) lie within it. For all of its days write {name_bare}:{bare}-{bare}.",
            text = quoted(&value.text),
            name = quoted(&column.name),
            name_bare = column.name,
            bare = value.text,
        )
    })
}
