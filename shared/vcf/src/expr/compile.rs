//! Checks an expression against a header and turns it into a [`Filter`].

use super::ast::{Expression, NodeKind, Operator};
use super::error::CompileError;
use super::lists::{Lists, Values};
use super::marks::{mark_counted, mark_wanted_samples};
use super::order;
use super::program::{Action, Constant, Filter, Mask, Pair, Step};
use super::relation;
use super::resolve::{self, Failure};
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
        kinds: Vec::new(),
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
        kinds,
        fault,
        ..
    } = compiler;
    if let (Some(node), Some(last)) = (expression.nodes().last(), kinds.last())
        && matches!(
            last,
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
        declares_counts: header.declares_counts(),
    })
}

/// Of a list that is not compared.
pub(super) const LONE_LIST: &str = "the values in a file are compared with ID, by = or !=";

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

impl OperandKind {
    /// Numbers that are computed.
    pub(super) const NUMBER: Self = Self::Number { tag: false };
    /// Numbers of a tag or of QUAL.
    pub(super) const TAG: Self = Self::Number { tag: true };
    /// One text.
    pub(super) const TEXT: Self = Self::Text { list: false };
    /// A text with parts.
    pub(super) const TEXTS: Self = Self::Text { list: true };
}

pub(super) struct Compiler<'h> {
    pub(super) header: &'h Header,
    lists: &'h Lists,
    pub(super) steps: Vec<Step>,
    /// What the steps give.
    pub(super) kinds: Vec<OperandKind>,
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
        let compiled = match kind {
            NodeKind::Text(text) => {
                let constant = Constant::Text(text.as_bytes().to_vec());
                let kind = OperandKind::Quoted(text.clone());
                (Action::Constant(constant), kind, None)
            }
            NodeKind::MinusOne => (Action::number(-1.0), OperandKind::NUMBER, None),
            NodeKind::File(path) => match self.lists.get(path) {
                Some(values) => (Action::NOTHING, OperandKind::List(values.clone()), None),
                None => return declined("this list of values in a file is not read"),
            },
            NodeKind::Name(name) => resolve::resolve(name, self.header)?,
            NodeKind::Binomial(count) => self.binomial(*count)?,
            NodeKind::Fisher(count) => self.fisher(*count)?,
            NodeKind::Call(function) => self.call(*function)?,
            NodeKind::Operator(operator) => {
                let (right, left) = (self.pop()?, self.pop()?);
                let pair = Pair {
                    operator: *operator,
                    left,
                    right,
                };
                match operator {
                    Operator::Or | Operator::OrAny | Operator::And | Operator::AndAny => {
                        self.logic(pair)?
                    }
                    Operator::Add
                    | Operator::Subtract
                    | Operator::Multiply
                    | Operator::Divide
                    | Operator::Remainder => self.arithmetic(pair)?,
                    _ => relation::compile(self, pair)?,
                }
            }
        };
        self.push(compiled);
        Ok(())
    }

    fn push(&mut self, (action, kind, mask): Compiled) {
        self.stack.push(self.steps.len());
        self.steps.push(Step {
            action,
            mask,
            wants_samples: false,
        });
        self.kinds.push(kind);
    }

    /// Notes why every record fails, and goes on in case that bcftools would refuse the rest at once.
    fn note(&mut self, reason: &'static str) {
        self.fault.get_or_insert(reason);
        self.push((Action::NOTHING, OperandKind::Outcome, None));
    }

    /// The parser has counted the values, so there always is one.
    pub(super) fn pop(&mut self) -> Result<usize, Failure> {
        self.stack
            .pop()
            .map_or_else(|| invalid("a value is missing"), Ok)
    }

    fn logic(&self, pair: Pair) -> Result<Compiled, Failure> {
        for side in [pair.left, pair.right] {
            match self.kinds[side] {
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
        let mask = self.mask_of(pair, |a, b| a || b);
        Ok((Action::Logic(pair), OperandKind::Outcome, mask))
    }

    fn arithmetic(&self, pair: Pair) -> Result<Compiled, Failure> {
        for side in [pair.left, pair.right] {
            match self.kinds[side] {
                OperandKind::Number { .. } | OperandKind::Outcome => {}
                _ => return declined("arithmetic with texts is not computed"),
            }
        }
        // bcftools would compute with what it finds in the place of the samples left out.
        if let (Some(left), Some(right)) = self.masks(pair)
            && left != right
        {
            return declined("arithmetic with different samples on the two sides is not computed");
        }
        let mask = self.mask_of(pair, |a, b| a || b);
        let counted = false;
        Ok((
            Action::Arithmetic { pair, counted },
            OperandKind::NUMBER,
            mask,
        ))
    }

    /// The samples of two sides, where they are per sample.
    pub(super) fn masks(&self, pair: Pair) -> (Option<&Mask>, Option<&Mask>) {
        let of = |side: usize| self.steps[side].mask.as_ref();
        (of(pair.left), of(pair.right))
    }

    /// The samples of both sides, or of the one that is per sample.
    pub(super) fn mask_of(&self, pair: Pair, both: fn(bool, bool) -> bool) -> Option<Mask> {
        match self.masks(pair) {
            (Some(left), Some(right)) => {
                Some(left.iter().zip(right).map(|(a, b)| both(*a, *b)).collect())
            }
            (mask, None) | (None, mask) => mask.cloned(),
        }
    }
}

/// A step, what is known of its result, and its samples.
pub(super) type Compiled = (Action, OperandKind, Option<Mask>);
