//! Runs a [`Filter`] on what is known of a part of a file instead of a record: what can come of its records. Goes the way of
//! `evaluate`, step by step and jump by jump, and says "perhaps" of whatever it does not know.

use super::ast::Operator;
use super::program::{Action, Constant, Filter, Load, Relation};
use super::value::is_absent;
use super::variant;
use crate::skips::{Facts, NO_VARIANT, Range};

/// What can come of the records of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Can {
    /// The expression can hold.
    pub(crate) hold: bool,
    /// It can fail.
    pub(crate) fail: bool,
    /// It can end with an error.
    pub(crate) err: bool,
}

impl Can {
    const ANY: Self = Self {
        hold: true,
        fail: true,
        err: true,
    };

    fn outcome(hold: bool, fail: bool) -> Self {
        Self {
            hold,
            fail,
            err: false,
        }
    }
}

/// What is known of the result of a step.
#[derive(Clone, Copy, Debug)]
struct Known {
    numbers: Range,
    site: Can,
}

impl Filter {
    /// What can come of records of a part.
    pub(crate) fn can(&self, part: &Facts<'_>) -> Can {
        if self.fault.is_some() {
            return Can::ANY;
        }
        let mut known = vec![
            Known {
                numbers: Range::ANY,
                site: Can::ANY,
            };
            self.steps.len()
        ];
        let (mut at, mut err, mut site) = (0, false, Can::ANY);
        while let Some(step) = self.steps.get(at) {
            match (&step.action, &step.mask) {
                (Action::Constant(Constant::Number(number)), None) => {
                    known[at].numbers = match is_absent(*number) {
                        true => Range::MISSING,
                        false => Range::of(*number),
                    };
                }
                // Constants were put into their slots once.
                (Action::Constant(_), _) => {}
                (action, None) => {
                    known[at] = of_step(action, &known, part);
                    site = known[at].site;
                    err |= site.err;
                }
                (_, Some(_)) => {
                    site = Can::ANY;
                    err = true;
                }
            }
            while let Some(skip) = self.skips[at] {
                let decides = match skip.if_site {
                    true => !known[at].site.fail,
                    false => !known[at].site.hold,
                };
                if !decides {
                    break;
                }
                err |= skip.checks_counts;
                at = skip.to;
                site = Can::outcome(skip.if_site, !skip.if_site);
                known[at].site = site;
            }
            at += 1;
        }
        Can { err, ..site }
    }
}

fn of_step(action: &Action, known: &[Known], part: &Facts<'_>) -> Known {
    let outcome = |site: Can| Known {
        numbers: Range::ANY,
        site,
    };
    // Reading a column of its own never fails.
    let numbers = |numbers: Range| Known {
        numbers,
        site: Can::outcome(true, true),
    };
    match action {
        Action::Load(Load::Quality) => numbers(part.quality()),
        Action::Load(Load::AlternateCount) => {
            let (least, most) = part.alternates();
            // More than can be counted are as many as can.
            let max = if most == u16::MAX {
                f32::INFINITY
            } else {
                f32::from(most)
            };
            numbers(Range {
                min: f32::from(least),
                max,
                absent: false,
            })
        }
        Action::Load(Load::InfoOne(tag, _)) => numbers(part.info(tag)),
        // A subscript may find less than there is.
        Action::Load(Load::InfoMany(tag, _, _)) => numbers(Range {
            absent: true,
            ..part.info(tag)
        }),
        Action::Load(Load::VariantTypes) => numbers(part.kinds()),
        Action::Load(Load::Position | Load::Flag(_)) => numbers(Range::ANY),
        Action::Compare { pair, .. } => {
            let (left, right) = (known[pair.left], known[pair.right]);
            outcome(compare(pair.operator, left.numbers, right.numbers))
        }
        Action::Logic(pair) => {
            let (a, b) = (known[pair.left].site, known[pair.right].site);
            outcome(match pair.operator {
                Operator::And | Operator::AndAny => {
                    Can::outcome(a.hold && b.hold, a.fail || b.fail)
                }
                _ => Can::outcome(a.hold || b.hold, a.fail && b.fail),
            })
        }
        Action::Filter { names, relation } => {
            let contains = match names.as_slice() {
                [] => part.has_unfiltered(),
                names => names.iter().all(|name| part.has_filter(name)),
            };
            outcome(match relation {
                Relation::Contains | Relation::Equal => Can::outcome(contains, true),
                Relation::Lacks | Relation::NotEqual => Can::outcome(true, contains),
            })
        }
        Action::TypeBit { bit, set } => outcome(kind(*bit, *set, part)),
        _ => outcome(Can::ANY),
    }
}

/// TYPE against one bit: twice that of a kind of variant, or 1 for none.
fn kind(bit: i32, set: bool, part: &Facts<'_>) -> Can {
    let has = match bit {
        1 => part.has_kind(NO_VARIANT),
        bit if (variant::SNP << 1..=variant::OVERLAP << 1).contains(&bit) => {
            part.has_kind((bit >> 1) as u16)
        }
        _ => return Can::outcome(true, true),
    };
    if set {
        Can::outcome(has, true)
    } else {
        Can::outcome(true, has)
    }
}

/// Compares ranges: numbers are compared in single precision, or exactly, and both ways what is rounded stays in order.
fn compare(operator: Operator, left: Range, right: Range) -> Can {
    // A missing value never is less or greater, and may or may not be equal.
    let absent = left.absent || right.absent;
    let below = left.max < right.min;
    let above = left.min > right.max;
    let is_one = left.min == left.max && right.min == right.max && left.min == right.min;
    match operator {
        Operator::Less | Operator::LessOrEqual => Can::outcome(!above, !below || absent),
        Operator::Greater | Operator::GreaterOrEqual => Can::outcome(!below, !above || absent),
        Operator::Equal => Can::outcome((!below && !above) || absent, !is_one || absent),
        Operator::NotEqual => Can::outcome(!is_one || absent, (!below && !above) || absent),
        _ => Can::ANY,
    }
}
