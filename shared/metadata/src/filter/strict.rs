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
    let mut parser = Parser {
        scanner: Scanner::new(text),
    };
    parser.level()?.ok_or((
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

struct Parser<'t> {
    scanner: Scanner<'t>,
}

impl Parser<'_> {
    /// Reads to the end of the text or the closing parenthesis; `None` if nothing stands there but `;`.
    fn level(&mut self) -> Result<Option<Expression>, Fault> {
        let mut elements = Vec::new();
        let mut joint = None;
        loop {
            self.scanner.blanks();
            if self.scanner.take(";") {
                continue;
            }
            if self.at_end() {
                break;
            }
            let is_group = self.is_group();
            if joint == Some(Joint::Or) && !self.scanner.in_group() && !is_group {
                return Err((
                    FilterFault::MissingAlternative,
                    self.scanner.at..self.scanner.text.len(),
                ));
            }
            elements.push(if is_group {
                self.group()?
            } else {
                Expression::Clause(self.clause()?)
            });
            self.scanner.blanks();
            if self.at_end() {
                break;
            }
            let (found, length) = self.joint(is_group)?;
            let place = self.scanner.at..self.scanner.at + length;
            self.scanner.at = place.end;
            if found == Joint::Or {
                self.scanner.blanks();
                if self.at_end() || self.scanner.peek() == Some(';') {
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
        match self.scanner.peek() {
            None => true,
            Some(letter) => letter == ')' && self.scanner.in_group(),
        }
    }

    fn only_blank_clauses_follow(&self) -> bool {
        let rest = self
            .scanner
            .rest()
            .trim_start_matches(|letter: char| letter == ';' || letter.is_whitespace());
        rest.is_empty() || (self.scanner.in_group() && rest.starts_with(')'))
    }

    /// The joint here and its length, behind a group or a clause.
    fn joint(&self, behind_group: bool) -> Result<(Joint, usize), Fault> {
        if self.scanner.peek() == Some(';') {
            return Ok((Joint::And, 1));
        }
        match or_word(self.scanner.rest()) {
            Some(length) if behind_group || self.scanner.in_group() => Ok((Joint::Or, length)),
            _ => Err((
                FilterFault::UnexpectedText,
                self.scanner.at..self.scanner.text.len(),
            )),
        }
    }

    /// A parenthesis opens a group unless it closes again before the next `:`: that is a column name, `(mg) weight:5`.
    fn is_group(&self) -> bool {
        let rest = self.scanner.rest();
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
        let open = self.scanner.at;
        self.scanner.at += 1;
        self.scanner.depth += 1;
        if self.scanner.depth > DEEPEST {
            return Err((FilterFault::TooDeep, open..open + 1));
        }
        let level = self.level()?;
        if !self.scanner.take(")") {
            return Err((FilterFault::UnclosedGroup, open..open + 1));
        }
        self.scanner.depth -= 1;
        level.ok_or((FilterFault::EmptyGroup, open..self.scanner.at))
    }

    fn clause(&mut self) -> Result<Clause, Fault> {
        let start = self.scanner.at;
        let column = if self.scanner.peek() == Some('"') {
            self.quoted_column()?
        } else {
            self.column()?
        };
        if column.is_empty() {
            return Err((FilterFault::MissingColumn, start..self.scanner.at));
        }
        let column_place = Place(start..self.scanner.at - 1);
        let mut values = Vec::new();
        loop {
            values.extend(value::parse(&mut self.scanner)?);
            if !self.scanner.take(",") {
                break;
            }
        }
        let place = start..self.scanner.at;
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
        let start = self.scanner.at;
        let mut open = 0_usize;
        loop {
            let end = self.scanner.at;
            match self.scanner.peek() {
                Some(':') => {
                    self.scanner.at += 1;
                    return Ok(self.scanner.text[start..end].trim().to_owned());
                }
                None | Some(';') => return Err(self.missing_colon(start)),
                Some(')') if self.scanner.in_group() && open == 0 => {
                    return Err(self.missing_colon(start));
                }
                Some(letter) => {
                    open = match letter {
                        '(' => open + 1,
                        ')' => open.saturating_sub(1),
                        _ => open,
                    };
                    self.scanner.next();
                }
            }
        }
    }

    fn quoted_column(&mut self) -> Result<String, Fault> {
        let start = self.scanner.at;
        self.scanner.at += 1;
        let Some(name) = self.scanner.escaped_to_quote() else {
            return Err((FilterFault::UnclosedQuote, start..start + 1));
        };
        self.scanner.blanks();
        if self.scanner.take(":") {
            Ok(unescape(name))
        } else {
            Err(self.missing_colon(start))
        }
    }

    fn missing_colon(&self, start: usize) -> Fault {
        let place = start..self.scanner.at;
        (
            FilterFault::MissingColon {
                clause: self.scanner.text[place.clone()].trim().to_owned(),
            },
            place,
        )
    }
}
