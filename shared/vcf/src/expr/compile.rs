//! Checks an expression against a header and turns it into a [`Filter`].

use super::ast::{Expression, NodeKind, Operator};
use super::error::CompileError;
use super::lists::{Lists, Values};
use super::marks::{mark_counted, mark_wanted_samples};
use super::order;
use super::program::{Action, Constant, Filter, Load, Mask, Step};
use super::relation;
use super::resolve::{self, Failure, Meaning, Text};
use super::skip;
use crate::header::Header;

/// Compiles an expression for files with this header: that of the input as `view` sees it when it makes its filter,
/// with all samples, and with INFO/AC and INFO/AN declared if the stage counts alleles and updates INFO.
pub fn compile(expression: &Expression, header: &Header) -> Result<Filter, CompileError> {
    compile_with(expression, header, &Lists::default())
}

/// The same with lists of values. An expression with another list is declined.
pub fn compile_with(
    expression: &Expression,
    header: &Header,
    lists: &Lists,
) -> Result<Filter, CompileError> {
    let mut compiler = Compiler {
        header,
        lists,
        steps: Vec::new(),
        operands: Vec::new(),
        stack: Vec::new(),
        fault: None,
    };
    for node in expression.nodes() {
        match compiler.node(&node.kind) {
            Ok(()) => {}
            Err(Failure::AtRecords(reason)) => compiler.note(reason),
            Err(failure) => return Err(failure.at(node.offset)),
        }
    }
    let Compiler {
        mut steps,
        operands,
        fault,
        ..
    } = compiler;
    if let (Some(node), Some(last)) = (expression.nodes().last(), operands.last())
        && matches!(
            last.kind,
            OperandKind::Genotype
                | OperandKind::Filter
                | OperandKind::VariantTypes
                | OperandKind::List(_)
        )
    {
        let failure = invalid::<()>("GT, FILTER and TYPE must be compared with a text in quotes");
        failure.map_err(|failure| failure.at(node.offset))?;
    }
    mark_wanted_samples(&mut steps);
    mark_counted(&mut steps);
    let in_order = order::reads_earlier_records(&steps);
    let integer = |tag: &str| {
        header
            .info(tag)
            .is_some_and(|tag| tag.kind == crate::header::Type::Integer)
    };
    Ok(Filter {
        // What is skipped would leave nothing for later records.
        skips: if in_order {
            vec![None; steps.len()]
        } else {
            skip::skips(&steps, header.samples().len())
        },
        in_order,
        fault,
        steps,
        samples: header.samples().len(),
        version: header.version(),
        declares_counts: integer("AC") && integer("AN"),
    })
}

/// Of a list that is not compared.
pub(super) const LONE_LIST: &str = "the values in a file are compared with ID, by = or !=";

/// What is known of the result of a step.
#[derive(Clone, Debug)]
pub(super) struct Operand {
    pub(super) kind: OperandKind,
    /// The samples if the result is per sample.
    pub(super) mask: Option<Mask>,
}

/// Kinds of results.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum OperandKind {
    /// Numbers; whether they are a tag or QUAL, which may be compared with `"."`.
    Number {
        tag: bool,
    },
    /// Text of the record; whether STRLEN takes its parts one by one.
    Text {
        list: bool,
    },
    /// A text in quotes.
    Quoted(String),
    /// Passing or failing.
    Outcome,
    Genotype,
    Identifier,
    Filter,
    VariantTypes,
    /// The values in a file.
    List(Values),
}

pub(super) struct Compiler<'h> {
    pub(super) header: &'h Header,
    lists: &'h Lists,
    pub(super) steps: Vec<Step>,
    pub(super) operands: Vec<Operand>,
    stack: Vec<usize>,
    /// Why every record fails.
    fault: Option<&'static str>,
}

pub(super) fn declined<T>(reason: &str) -> Result<T, Failure> {
    Err(Failure::Declined(reason.to_owned()))
}

/// bcftools notices at the first record that comes to the expression, and is content if there is none.
pub(super) fn at_records<T>(reason: &'static str) -> Result<T, Failure> {
    Err(Failure::AtRecords(reason))
}

pub(super) fn invalid<T>(reason: &str) -> Result<T, Failure> {
    Err(Failure::Invalid(reason.to_owned()))
}

impl Compiler<'_> {
    fn node(&mut self, kind: &NodeKind) -> Result<(), Failure> {
        let (action, kind, mask) = match kind {
            NodeKind::Text(text) => {
                let constant = Constant::Text(text.as_bytes().to_vec());
                (
                    Action::Constant(constant),
                    OperandKind::Quoted(text.clone()),
                    None,
                )
            }
            NodeKind::MinusOne => (
                Action::Constant(Constant::Number(-1.0)),
                OperandKind::Number { tag: false },
                None,
            ),
            NodeKind::File(path) => match self.lists.get(path) {
                Some(values) => (
                    Action::Constant(Constant::Nothing),
                    OperandKind::List(values.clone()),
                    None,
                ),
                None => return declined("this list of values in a file is not read"),
            },
            NodeKind::Name(name) => named(resolve::resolve(name, self.header)?),
            NodeKind::Binomial(count) => self.binomial(*count)?,
            NodeKind::Fisher(count) => self.fisher(*count)?,
            NodeKind::Call(function) => self.call(*function)?,
            NodeKind::Operator(operator) => {
                let (right, left) = (self.pop()?, self.pop()?);
                match operator {
                    Operator::Or | Operator::OrAny | Operator::And | Operator::AndAny => {
                        self.logic(*operator, left, right)?
                    }
                    Operator::Add
                    | Operator::Subtract
                    | Operator::Multiply
                    | Operator::Divide
                    | Operator::Remainder => self.arithmetic(*operator, left, right)?,
                    _ => relation::compile(self, *operator, left, right)?,
                }
            }
        };
        self.stack.push(self.steps.len());
        self.steps.push(Step {
            action,
            mask: mask.clone(),
            wants_samples: false,
        });
        self.operands.push(Operand { kind, mask });
        Ok(())
    }

    /// Notes why every record fails, and goes on in case that bcftools would refuse the rest at once.
    fn note(&mut self, reason: &'static str) {
        self.fault.get_or_insert(reason);
        self.stack.push(self.steps.len());
        self.steps.push(Step {
            action: Action::Constant(Constant::Nothing),
            mask: None,
            wants_samples: false,
        });
        self.operands.push(Operand {
            kind: OperandKind::Outcome,
            mask: None,
        });
    }

    /// The parser has counted the values, so there always is one.
    pub(super) fn pop(&mut self) -> Result<usize, Failure> {
        self.stack
            .pop()
            .map_or_else(|| invalid("a value is missing"), Ok)
    }

    fn logic(&self, operator: Operator, left: usize, right: usize) -> Result<Compiled, Failure> {
        for side in [left, right] {
            match self.operands[side].kind {
                OperandKind::Number { .. }
                | OperandKind::Text { .. }
                | OperandKind::Quoted(_)
                | OperandKind::Outcome => {}
                OperandKind::List(_) => return invalid(LONE_LIST),
                _ => {
                    return invalid(
                        "GT, ID, FILTER and TYPE must be compared with a text in quotes",
                    );
                }
            }
        }
        let mask = self.union(left, right);
        Ok((
            Action::Logic {
                operator,
                left,
                right,
            },
            OperandKind::Outcome,
            mask,
        ))
    }

    fn arithmetic(
        &self,
        operator: Operator,
        left: usize,
        right: usize,
    ) -> Result<Compiled, Failure> {
        for side in [left, right] {
            match self.operands[side].kind {
                OperandKind::Number { .. } | OperandKind::Outcome => {}
                _ => return declined("arithmetic with texts is not computed"),
            }
        }
        // bcftools would compute with what it finds in the place of the samples left out.
        let masks = (&self.operands[left].mask, &self.operands[right].mask);
        if let (Some(left), Some(right)) = masks
            && left != right
        {
            return declined("arithmetic with different samples on the two sides is not computed");
        }
        let mask = self.union(left, right);
        Ok((
            Action::Arithmetic {
                operator,
                left,
                right,
                counted: false,
            },
            OperandKind::Number { tag: false },
            mask,
        ))
    }

    /// The samples of two sides together.
    fn union(&self, left: usize, right: usize) -> Option<Mask> {
        match (&self.operands[left].mask, &self.operands[right].mask) {
            (Some(left), Some(right)) => {
                Some(left.iter().zip(right).map(|(a, b)| *a || *b).collect())
            }
            (mask, None) | (None, mask) => mask.clone(),
        }
    }
}

/// A step, what is known of its result, and its samples.
pub(super) type Compiled = (Action, OperandKind, Option<Mask>);

fn named(meaning: Meaning) -> Compiled {
    let nothing = || Action::Constant(Constant::Nothing);
    match meaning {
        Meaning::Number(number) => (
            Action::Constant(Constant::Number(number)),
            OperandKind::Number { tag: false },
            None,
        ),
        Meaning::Value { load, mask, text } => {
            let tag = matches!(
                load,
                Load::Quality | Load::InfoOne(..) | Load::InfoMany(..) | Load::Format(..)
            );
            let kind = match text {
                Text::No => OperandKind::Number { tag },
                Text::One => OperandKind::Text { list: false },
                Text::List => OperandKind::Text { list: true },
            };
            (Action::Load(load), kind, mask)
        }
        Meaning::Genotype { mask } => (nothing(), OperandKind::Genotype, mask),
        Meaning::Identifier => (nothing(), OperandKind::Identifier, None),
        Meaning::Filter => (nothing(), OperandKind::Filter, None),
        Meaning::VariantTypes => (nothing(), OperandKind::VariantTypes, None),
    }
}
