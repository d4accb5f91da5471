//! Calls of functions: what they take and what they give.

use super::ast::{Function, Reduction};
use super::compile::{Compiled, Compiler, OperandKind, at_records, declined, invalid};
use super::fisher;
use super::program::{Action, ArgumentKind, Load, Mask, Step};
use super::resolve::Failure;
use super::subscript::Subscript;
use crate::header::Number;

impl Compiler<'_> {
    pub(super) fn call(&mut self, function: Function) -> Result<Compiled, Failure> {
        let argument = self.pop()?;
        let Step { action, mask, .. } = &self.steps[argument];
        let mask = mask.clone();
        let of = match (&self.kinds[argument], action) {
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
            Function::All(Reduction::Count) | Function::Sample(Reduction::Count)
                if is_text && mask.is_some() =>
            {
                return at_records("texts in FORMAT cannot be counted");
            }
            Function::Absolute | Function::Phred if is_text => {
                return at_records("ABS() and PHRED() need numbers");
            }
            Function::StringLength
            | Function::All(Reduction::Count)
            | Function::Sample(Reduction::Count) => mask,
            _ if is_text => return declined("this function needs numbers"),
            _ => mask,
        };
        let per_sample = matches!(
            function,
            Function::Absolute | Function::Phred | Function::Sample(_)
        );
        let action = Action::Call {
            function,
            argument,
            of,
        };
        Ok((action, OperandKind::NUMBER, mask.filter(|_| per_sample)))
    }

    pub(super) fn binomial(&mut self, count: usize) -> Result<Compiled, Failure> {
        if count != 1 && count != 2 {
            return invalid("binom() takes one or two arguments");
        }
        let (first, second, mask) = self.counts(count)?;
        let action = Action::Binomial { first, second };
        Ok((action, OperandKind::NUMBER, mask))
    }

    pub(super) fn fisher(&mut self, count: usize) -> Result<Compiled, Failure> {
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
        Ok((action, OperandKind::NUMBER, mask))
    }

    /// The arguments of a test of counts, one or two, and its samples.
    fn counts(&mut self, count: usize) -> Result<(usize, Option<usize>, Option<Mask>), Failure> {
        let second = if count == 2 { Some(self.pop()?) } else { None };
        let first = self.pop()?;
        for argument in [Some(first), second].into_iter().flatten() {
            if !matches!(self.kinds[argument], OperandKind::Number { .. }) {
                return declined("binom() and fisher() need numbers");
            }
        }
        let mask = self.steps[first].mask.clone();
        if second.is_some_and(|second| self.steps[second].mask != mask) {
            return declined(
                "binom() and fisher() of a tag of the site and one of samples, or of different samples, are not computed",
            );
        }
        Ok((first, second, mask))
    }
}
