//! One clause: its column, its values, and the rows that satisfy it.

use super::{
    QueryError, columns,
    evaluate::{Evaluation, Rows},
    hints,
    matcher::Matcher,
    numeric, textual,
};
use crate::{
    filter::{Clause, FilterFault, Form, Value},
    mode::Mode,
    reading::{Column, Kind, SAMPLE_ID},
    validate::quoted,
};

impl Evaluation<'_> {
    /// `None` if the clause sets no condition, which only happens in compat mode.
    pub(super) fn clause(&mut self, clause: &Clause) -> Result<Option<Rows>, QueryError> {
        let Some((at, column)) = self.reading.column(&clause.column) else {
            if self.filter.mode() == Mode::Strict {
                let fault = columns::unknown(self.reading, &clause.column);
                return Err(self.filter.fault(fault, &clause.column_place).into());
            }
            self.warnings.push(format!(
                "Column {} is not in the metadata file; its clause was skipped.",
                quoted(&clause.column)
            ));
            return Ok(None);
        };
        let numeric = matches!(column.kind, Kind::Numeric | Kind::Boolean);
        if column.kind == Kind::Mixed {
            self.warnings.push(format!(
                "Column {} has mixed types (numbers and text) and is treated as text: values must match exactly, comparisons and ranges do not work on it.",
                quoted(&column.name)
            ));
        }

        let (mut wanted, mut unwanted) = (Matcher::default(), Matcher::default());
        let mut any_wanted = false;
        let mut unread = Vec::new();
        for value in &clause.values {
            let matcher = if value.negated {
                &mut unwanted
            } else {
                &mut wanted
            };
            let understood = match value.form {
                Form::Plain if numeric && self.number(column, value, matcher)? => true,
                // A column without any value is numeric by name only.
                Form::Plain if numeric && !self.is_blank(column) => false,
                _ => {
                    self.text(column, value, matcher);
                    true
                }
            };
            if !understood {
                unread.push(value);
            }
            any_wanted |= understood && !value.negated;
        }
        if !unread.is_empty() && !self.unread(column, clause, &unread, any_wanted)? {
            return Ok(None);
        }

        let ids = (column.name == SAMPLE_ID).then_some(self.ids);
        let all = || vec![true; self.table.row_count()];
        let mut rows = if any_wanted {
            wanted.rows(self.table, at, column, ids, self.filter.mode())
        } else {
            all()
        };
        if !unwanted.is_empty() {
            let vetoed = unwanted.rows(self.table, at, column, ids, self.filter.mode());
            for (kept, vetoed) in rows.iter_mut().zip(vetoed) {
                *kept &= !vetoed;
            }
        }
        if !rows.contains(&true) {
            self.warnings.push(self.unmatched(column, clause));
        }
        Ok(Some(rows))
    }

    /// Strict mode finds no cell with a value in it.
    fn is_blank(&self, column: &Column) -> bool {
        self.filter.mode() == Mode::Strict
            && column.missing == self.table.row_count()
            && column.name != SAMPLE_ID
    }

    fn unmatched(&self, column: &Column, clause: &Clause) -> String {
        let name = quoted(&column.name);
        let text = quoted(self.filter.at(&clause.place));
        let hint = match self.filter.mode() {
            Mode::Strict if self.is_blank(column) => " The column has no values.",
            Mode::Strict => hints::on_no_match(self.filter, clause),
            Mode::Compat => "",
        };
        format!("No row matches the filter {text} on column {name}.{hint}")
    }

    /// Adds a plain value on a column of numbers; `false` if it is no number, comparison or range.
    fn number(
        &mut self,
        column: &Column,
        value: &Value,
        matcher: &mut Matcher,
    ) -> Result<bool, QueryError> {
        match numeric::parse(&value.text, column, self.filter.mode()) {
            Ok(test) => {
                if test.is_reversed() {
                    self.warnings.push(format!(
                        "The range {} on column {} has its larger end first and matches nothing.",
                        quoted(&value.text),
                        quoted(&column.name)
                    ));
                }
                matcher.numbers.add(test);
                Ok(true)
            }
            Err(numeric::Unread::NotNumber) => Ok(false),
            Err(numeric::Unread::ReversedOperator) => {
                let (value, place) = (value.text.clone(), &value.place);
                let fault = FilterFault::ReversedOperator { value };
                Err(self.filter.fault(fault, place).into())
            }
        }
    }

    fn text(&mut self, column: &Column, value: &Value, matcher: &mut Matcher) {
        let test = textual::parse(value, column, self.filter.mode());
        if self.filter.mode() == Mode::Strict && value.form == Form::Plain && test.is_plain() {
            self.warnings
                .extend(hints::on_words(self.filter, column, value));
            self.warnings
                .extend(hints::on_part_of_a_date(self.table, column, value));
        }
        if value.form == Form::Plain && test.is_plain() && value.text.starts_with(['<', '>']) {
            self.warnings.push(format!(
                "Column {} is not numeric: the comparison operator in {} is not supported on it and is taken literally. Use an exact match.",
                quoted(&column.name),
                quoted(&value.text)
            ));
        }
        if test.is_reversed() {
            self.warnings.push(format!(
                "The range {} on column {} has its later end first and matches nothing.",
                quoted(&value.text),
                quoted(&column.name)
            ));
        }
        matcher.texts.add(test);
    }

    /// What becomes of a clause some of whose values are no numbers: `false` if it sets no condition any more.
    fn unread(
        &mut self,
        column: &Column,
        clause: &Clause,
        unread: &[&Value],
        any_wanted: bool,
    ) -> Result<bool, QueryError> {
        let values = unread
            .iter()
            .map(|value| quoted(&value.text))
            .collect::<Vec<_>>()
            .join(", ");
        let none_left = unread.len() == clause.values.len();
        let strict = self.filter.mode() == Mode::Strict;
        let wanted_lost = !any_wanted && unread.iter().any(|value| !value.negated);
        if strict && (none_left || wanted_lost) {
            let (kind, column) = (column.kind, column.name.clone());
            let fault = match kind {
                Kind::Boolean => FilterFault::NotTruths { column, values },
                _ => FilterFault::NotNumbers { column, values },
            };
            let first = unread.first().map_or(&clause.place, |value| &value.place);
            return Err(self.filter.fault(fault, first).into());
        }
        if none_left {
            self.warnings.push(format!(
                "Column {} is numeric and none of the values {values} is a number; the clause sets no condition.",
                quoted(&column.name)
            ));
        } else if strict {
            self.warnings.push(format!(
                "Column {} is numeric and {values} cannot be read as a number, so that it matches nothing.",
                quoted(&column.name)
            ));
        }
        Ok(!none_left)
    }
}
