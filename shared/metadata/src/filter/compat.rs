//! The grammar of the Python implementation: `;` splits even inside quotes, quotes do nothing but protect `,`.

use std::ops::Range;

use super::{Clause, Expression, FilterFault, Place, Value};

pub(super) fn parse(text: &str) -> Result<Expression, (FilterFault, Range<usize>)> {
    let mut clauses = Vec::new();
    let mut start = 0;
    for part in text.split(';') {
        let place = start..start + part.len();
        start = place.end + 1;
        if !part.trim().is_empty() {
            clauses.push(Expression::Clause(clause(part, place)?));
        }
    }
    match clauses.len() {
        0 => Err((
            FilterFault::NothingUsable {
                because: String::new(),
            },
            0..text.len(),
        )),
        _ => Ok(Expression::And(clauses)),
    }
}

fn clause(part: &str, place: Range<usize>) -> Result<Clause, (FilterFault, Range<usize>)> {
    let Some((column, values)) = part.split_once(':') else {
        return Err((
            FilterFault::MissingColon {
                clause: part.trim().to_owned(),
            },
            place,
        ));
    };
    let column_place = Place(place.start..place.start + column.len());
    let mut from = place.start + column.len() + 1;
    let mut parsed = Vec::new();
    for raw in split_outside_quotes(values) {
        let place = from..from + raw.len();
        from = place.end + 1;
        parsed.extend(value(raw, place));
    }
    Ok(Clause {
        column: column.trim().to_owned(),
        values: parsed,
        column_place,
        place: Place(place),
    })
}

fn split_outside_quotes(values: &str) -> Vec<&str> {
    let mut quoted = false;
    values
        .split(|letter| {
            quoted ^= letter == '"';
            letter == ',' && !quoted
        })
        .collect()
}

fn value(raw: &str, place: Range<usize>) -> Option<Value> {
    let bare = raw.replace('"', "");
    Value::plain(bare.trim(), place)
}
