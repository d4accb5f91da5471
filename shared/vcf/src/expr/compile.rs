//! Checks an expression against a header and turns it into a [`Filter`].

use super::ast::{Expression, Function, NodeKind, Operator};
use super::error::CompileError;
use super::fisher;
use super::lists::{Lists, Values};
use super::order;
use super::program::{Action, ArgumentKind, Constant, Filter, Load, Mask, Step};
use super::relation;
use super::resolve::{self, Failure, Meaning, Text};
use super::skip;
use super::subscript::Subscript;
use crate::header::{Header, Number};

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
    fn pop(&mut self) -> Result<usize, Failure> {
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

    fn call(&mut self, function: Function) -> Result<Compiled, Failure> {
        let argument = self.pop()?;
        let Operand { kind, mask } = self.operands[argument].clone();
        let of = match (&kind, &self.steps[argument].action) {
            (OperandKind::Number { .. }, Action::Load(Load::Format(..))) => ArgumentKind::Tag,
            // To functions ID is a value that no record has.
            (OperandKind::Number { .. } | OperandKind::Identifier, _) => ArgumentKind::Other,
            (OperandKind::Outcome, _) => ArgumentKind::Outcome,
            (OperandKind::Text { list: true }, _) => ArgumentKind::TextList,
            (OperandKind::Text { .. } | OperandKind::Quoted(_), _) => ArgumentKind::Text,
            _ => {
                return invalid(
                    "GT, FILTER and TYPE are no arguments of functions; compare them with a text",
                );
            }
        };
        let is_text = matches!(of, ArgumentKind::Text | ArgumentKind::TextList);
        let mask = match function {
            Function::PassingSamples | Function::PassingFraction if mask.is_none() => {
                return at_records(
                    "N_PASS() and F_PASS() count samples; give them a condition on FORMAT",
                );
            }
            // A number has no text, and so no length.
            Function::StringLength if !is_text => None,
            Function::StringLength if mask.is_some() => {
                return declined(
                    "STRLEN() of a FORMAT tag measures memory behind the first sample in bcftools",
                );
            }
            Function::Count | Function::SampleCount if is_text && mask.is_some() => {
                return at_records("texts in FORMAT cannot be counted");
            }
            Function::Absolute | Function::Phred if is_text => {
                return at_records("ABS() and PHRED() need numbers");
            }
            Function::StringLength | Function::Count | Function::SampleCount => mask,
            _ if is_text => return declined("this function needs numbers"),
            _ => mask,
        };
        let per_sample = matches!(
            function,
            Function::Absolute
                | Function::Phred
                | Function::SampleMax
                | Function::SampleMin
                | Function::SampleMean
                | Function::SampleMedian
                | Function::SampleStandardDeviation
                | Function::SampleSum
                | Function::SampleCount
        );
        let action = Action::Call {
            function,
            argument,
            of,
        };
        Ok((
            action,
            OperandKind::Number { tag: false },
            mask.filter(|_| per_sample),
        ))
    }

    fn binomial(&mut self, count: usize) -> Result<Compiled, Failure> {
        if count != 1 && count != 2 {
            return invalid("binom() takes one or two arguments");
        }
        let (first, second, mask) = self.counts(count)?;
        let action = Action::Binomial { first, second };
        Ok((action, OperandKind::Number { tag: false }, mask))
    }

    fn fisher(&mut self, count: usize) -> Result<Compiled, Failure> {
        if count != 1 && count != 2 {
            return declined("fisher() takes one or two arguments");
        }
        let (first, second, mask) = self.counts(count)?;
        let chosen = |at: usize| match &self.steps[at].action {
            Action::Load(Load::Format(key, _, subscript)) => {
                let tag = self.header.format(key);
                let per_allele = tag.is_some_and(|tag| tag.number == Number::Allele);
                per_allele.then_some(match subscript {
                    Subscript::Some(marks) => marks.iter().filter(|marked| **marked).count(),
                    _ => 0,
                })
            }
            _ => None,
        };
        let counts = match second {
            None => fisher::Counts::Four,
            Some(_) if mask.is_none() => fisher::Counts::Pairs,
            Some(second) => match (chosen(first), chosen(second)) {
                (Some(a), Some(b)) if a + b == 4 => fisher::Counts::Pairs,
                (Some(_), Some(_)) => fisher::Counts::ByGenotype,
                _ => return declined("fisher() of two tags that are not Number=R is not computed"),
            },
        };
        let action = Action::Fisher {
            first,
            second,
            counts,
        };
        Ok((action, OperandKind::Number { tag: false }, mask))
    }

    /// The arguments of a test of counts, one or two, and its samples.
    fn counts(&mut self, count: usize) -> Result<(usize, Option<usize>, Option<Mask>), Failure> {
        let second = if count == 2 { Some(self.pop()?) } else { None };
        let first = self.pop()?;
        for argument in [Some(first), second].into_iter().flatten() {
            if !matches!(self.operands[argument].kind, OperandKind::Number { .. }) {
                return declined("binom() and fisher() need numbers");
            }
        }
        let mask = self.operands[first].mask.clone();
        if second.is_some_and(|second| self.operands[second].mask != mask) {
            return declined(
                "binom() and fisher() of a tag of the site and one of samples, or of different samples, are not computed",
            );
        }
        Ok((first, second, mask))
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

/// Whether a step reads values that the genotype chose.
pub(super) fn by_genotype(step: &Step) -> bool {
    matches!(
        &step.action,
        Action::Load(
            Load::Format(_, _, Subscript::Genotype) | Load::FormatText(_, Subscript::Genotype)
        )
    )
}

/// Finds the steps whose passing samples somebody looks at.
fn mark_wanted_samples(steps: &mut [Step]) {
    for at in (0..steps.len()).rev() {
        let wanted = steps[at].wants_samples;
        match steps[at].action {
            Action::Logic {
                operator,
                left,
                right,
            } => {
                let both = steps[left].mask.is_some() && steps[right].mask.is_some();
                let wanted = wanted || (operator == Operator::And && both);
                steps[left].wants_samples |= wanted;
                steps[right].wants_samples |= wanted;
            }
            Action::Call {
                function, argument, ..
            } => {
                let counts = matches!(
                    function,
                    Function::PassingSamples | Function::PassingFraction | Function::Count
                );
                steps[argument].wants_samples |= counts;
            }
            _ => {}
        }
    }
}

/// Finds the arithmetic whose outcome is counted by N_PASS or F_PASS.
fn mark_counted(steps: &mut [Step]) {
    // In postfix order the steps of an argument stand together, from here to its last step.
    let mut begins: Vec<usize> = Vec::with_capacity(steps.len());
    for at in 0..steps.len() {
        let (begin, is_count) = match steps[at].action {
            Action::Compare { left, right, .. }
            | Action::CompareText { left, right, .. }
            | Action::Arithmetic { left, right, .. }
            | Action::Logic { left, right, .. } => (begins[left].min(begins[right]), false),
            Action::Search { text, right, .. } => (begins[text].min(begins[right]), false),
            Action::Call {
                function, argument, ..
            } => {
                let is_count = matches!(
                    function,
                    Function::PassingSamples | Function::PassingFraction
                );
                (begins[argument], is_count)
            }
            Action::Binomial { first, .. } | Action::Fisher { first, .. } => (begins[first], false),
            // Comparisons of columns and genotypes stand behind their two sides.
            Action::Genotype { .. }
            | Action::Identifier(_)
            | Action::Filter { .. }
            | Action::TypeBit { .. } => (begins[at.saturating_sub(2)], false),
            Action::Constant(_) | Action::Load(_) => (at, false),
        };
        begins.push(begin);
        if is_count {
            for step in &mut steps[begin..at] {
                if let Action::Arithmetic { counted, .. } = &mut step.action {
                    *counted = true;
                }
            }
        }
    }
}
