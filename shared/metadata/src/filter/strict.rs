//! The grammar of strict mode: clauses, groups and what joins them. Every valid filter of the Python implementation means
//! the same here.
//!
//! ```text
//! level   := element (";" element)* | element ("or" element)*     blank elements between ";" are ignored
//! element := "(" level ")" | clause
//! ```
//!
//! Outside all groups `or` joins groups only, so that `Area:North or South` keeps its one value.

use super::{
    Clause, Expression, FilterFault, Place,
    scanner::{Fault, Scanner, or_word, unescape},
    value,
};

/// Deeper nesting is refused, so that no filter can exhaust the stack.
const DEEPEST: usize = 32;

pub(super) fn parse(text: &str) -> Result<Expression, Fault> {
    Scanner::new(text).level()?.ok_or((
        FilterFault::NothingUsable {
            because: String::new(),
        },
        0..text.len(),
    ))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    And,
    Or,
}

impl Scanner<'_> {
    /// Reads to the end of the text or the closing parenthesis; `None` if nothing stands there but `;`.
    fn level(&mut self) -> Result<Option<Expression>, Fault> {
        let mut elements = Vec::new();
        let mut joint = None;
        loop {
            self.blanks();
            if self.take(";") {
                continue;
            }
            if self.at_end() {
                break;
            }
            let is_group = self.is_group();
            if joint == Some(Joint::Or) && !self.in_group() && !is_group {
                return Err((FilterFault::MissingAlternative, self.at..self.text.len()));
            }
            elements.push(if is_group {
                self.group()?
            } else {
                Expression::Clause(self.clause()?)
            });
            self.blanks();
            if self.at_end() {
                break;
            }
            let (found, length) = self.joint(is_group)?;
            let place = self.at..self.at + length;
            self.at = place.end;
            if found == Joint::Or {
                self.blanks();
                if self.at_end() || self.peek() == Some(';') {
                    return Err((FilterFault::MissingAlternative, place));
                }
            }
            // A `;` with nothing behind it joins nothing.
            if found == Joint::And && self.only_blank_clauses_follow() {
                continue;
            }
            if *joint.get_or_insert(found) != found {
                return Err((FilterFault::MixedConnectives, place));
            }
        }
        Ok(match elements.len() {
            0 | 1 => elements.pop(),
            _ if joint == Some(Joint::Or) => Some(Expression::Or(elements)),
            _ => Some(Expression::And(elements)),
        })
    }

    fn at_end(&self) -> bool {
        match self.peek() {
            None => true,
            Some(letter) => letter == ')' && self.in_group(),
        }
    }

    fn only_blank_clauses_follow(&self) -> bool {
        let rest = self
            .rest()
            .trim_start_matches(|letter: char| letter == ';' || letter.is_whitespace());
        rest.is_empty() || (self.in_group() && rest.starts_with(')'))
    }

    /// The joint here and its length, behind a group or a clause.
    fn joint(&self, behind_group: bool) -> Result<(Joint, usize), Fault> {
        if self.peek() == Some(';') {
            return Ok((Joint::And, 1));
        }
        match or_word(self.rest()) {
            Some(length) if behind_group || self.in_group() => Ok((Joint::Or, length)),
            _ => Err((FilterFault::UnexpectedText, self.at..self.text.len())),
        }
    }

    /// A parenthesis opens a group unless it closes again before the next `:`: that is a column name, `(mg) weight:5`.
    fn is_group(&self) -> bool {
        let rest = self.rest();
        let name = rest.split(':').next().unwrap_or(rest);
        if name
            .trim_start_matches(|letter: char| letter == '(' || letter.is_whitespace())
            .starts_with('"')
        {
            return rest.starts_with('(');
        }
        let count = |letter| name.matches(letter).count();
        rest.starts_with('(') && count('(') > count(')')
    }

    fn group(&mut self) -> Result<Expression, Fault> {
        let open = self.at;
        self.at += 1;
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err((FilterFault::TooDeep, open..open + 1));
        }
        let level = self.level()?;
        if !self.take(")") {
            return Err((FilterFault::UnclosedGroup, open..open + 1));
        }
        self.depth -= 1;
        level.ok_or((FilterFault::EmptyGroup, open..self.at))
    }

    fn clause(&mut self) -> Result<Clause, Fault> {
        let start = self.at;
        let column = if self.peek() == Some('"') {
            self.quoted_column()?
        } else {
            self.column()?
        };
        if column.is_empty() {
            return Err((FilterFault::MissingColumn, start..self.at));
        }
        let column_place = Place(start..self.at - 1);
        let mut values = Vec::new();
        loop {
            values.extend(value::parse(self)?);
            if !self.take(",") {
                break;
            }
        }
        let place = start..self.at;
        if values.is_empty() {
            return Err((FilterFault::MissingValue { column }, place));
        }
        Ok(Clause {
            column,
            values,
            column_place,
            place: Place(place),
        })
    }

    /// The column's name and the `:` behind it.
    fn column(&mut self) -> Result<String, Fault> {
        let start = self.at;
        let mut open = 0_usize;
        loop {
            let end = self.at;
            match self.peek() {
                Some(':') => {
                    self.at += 1;
                    return Ok(self.text[start..end].trim().to_owned());
                }
                None | Some(';') => return Err(self.missing_colon(start)),
                Some(')') if self.in_group() && open == 0 => {
                    return Err(self.missing_colon(start));
                }
                Some(letter) => {
                    open = match letter {
                        '(' => open + 1,
                        ')' => open.saturating_sub(1),
                        _ => open,
                    };
                    self.next();
                }
            }
        }
    }

    fn quoted_column(&mut self) -> Result<String, Fault> {
        let start = self.at;
        self.at += 1;
        let Some(name) = self.escaped_to_quote() else {
            return Err((FilterFault::UnclosedQuote, start..start + 1));
        };
        self.blanks();
        if self.take(":") {
            Ok(unescape(name))
        } else {
            Err(self.missing_colon(start))
        }
    }

    fn missing_colon(&self, start: usize) -> Fault {
        let place = start..self.at;
        (
            FilterFault::MissingColon {
                clause: self.text[place.clone()].trim().to_owned(),
            },
            place,
        )
    }
}
