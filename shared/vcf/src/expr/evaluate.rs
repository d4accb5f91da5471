//! Runs a [`Filter`] on a record.

use super::ast::Operator;
use super::compare::{self, SampleComparison};
use super::counts::Counts;
use super::error::EvaluationError;
use super::program::{Action, Constant, Filter, IdentifierTest, Pair, Step};
use super::strings;
use super::texts::relate_texts;
use super::value::Slot;
use super::{arithmetic, fisher, function, genotype, logic, site, variant};
use crate::record::Record;

/// The memory that a [`Filter`] works in, kept from record to record so that nothing is allocated for each. Belongs
/// to one thread and to the filter it was made for.
#[derive(Clone, Debug)]
pub struct Scratch {
    slots: Vec<Slot>,
    pub(super) counts: Counts,
    /// For each sample the set of alleles in its genotype.
    pub(super) sets: Vec<u64>,
}

impl Scratch {
    /// Memory for this filter.
    pub fn new(filter: &Filter) -> Self {
        let slots = filter.steps.iter().map(|step| {
            let mut slot = Slot::default();
            slot.fail(step.mask.as_ref().map_or(0, Vec::len));
            match &step.action {
                Action::Constant(Constant::Number(number)) => slot.set(*number),
                Action::Constant(Constant::Text(text)) => slot.set_text(text),
                _ => {}
            }
            slot
        });
        Self {
            slots: slots.collect(),
            counts: Counts::default(),
            sets: Vec::new(),
        }
    }
}

impl Filter {
    /// Whether the expression holds at the site of the record.
    pub fn matches(
        &self,
        record: &Record<'_>,
        scratch: &mut Scratch,
    ) -> Result<bool, EvaluationError> {
        if let Some(fault) = self.fault {
            return Err(EvaluationError::Impossible(fault));
        }
        scratch.counts.reset();
        let mut at = 0;
        let mut site = false;
        while let Some(step) = self.steps.get(at) {
            // Constants were put into their slots once.
            if !matches!(step.action, Action::Constant(_)) {
                let mut result = std::mem::take(&mut scratch.slots[at]);
                let outcome = self.run(step, record, scratch, &mut result);
                site = result.site;
                scratch.slots[at] = result;
                outcome?;
            }
            while let Some(skip) = self.skips[at] {
                if scratch.slots[at].site != skip.if_site {
                    break;
                }
                if skip.checks_counts {
                    scratch.counts.check(self, record)?;
                }
                at = skip.to;
                let slot = &mut scratch.slots[at];
                slot.fail(self.steps[at].mask.as_ref().map_or(0, Vec::len));
                slot.site = skip.if_site;
                site = skip.if_site;
            }
            at += 1;
        }
        Ok(site)
    }

    fn run(
        &self,
        step: &Step,
        record: &Record<'_>,
        scratch: &mut Scratch,
        result: &mut Slot,
    ) -> Result<(), EvaluationError> {
        let slots = &scratch.slots;
        let side = |at: usize| (&slots[at], self.steps[at].mask.is_some());
        let sides = |pair: &Pair| (side(pair.left), side(pair.right));
        match &step.action {
            Action::Constant(_) => {}
            Action::Load(load) => {
                return self.load(load, step.mask.as_ref(), record, scratch, result);
            }
            Action::Compare { pair, by_genotype } => {
                let (left, right) = sides(pair);
                match &step.mask {
                    None => result.site = compare::sites(pair.operator, left.0, right.0),
                    Some(mask) => {
                        // bcftools leaves out the samples of one side only once it has seen both sides.
                        let masks = [pair.left, pair.right].map(|side| &self.steps[side].mask);
                        if left.1 && right.1 && masks[0] != masks[1] {
                            result.begun |= left.0.present && right.0.present;
                            if !result.begun {
                                return Err(EvaluationError::LeftoverValues);
                            }
                        }
                        let comparison = SampleComparison {
                            operator: pair.operator,
                            left,
                            right,
                            by_genotype: *by_genotype,
                        };
                        comparison.run(mask, step.wants_samples, result)?;
                    }
                }
            }
            Action::CompareText(pair) => {
                // The relation is symmetric; the side of the samples comes first.
                let (first, second) = match sides(pair) {
                    (left, (right, true)) => (right, left.0),
                    ((left, _), right) => (left, right.0),
                };
                let compare =
                    |text: &[u8], other: &[u8]| strings::any_pair(text, other, pair.operator);
                relate_texts(pair.operator, first, second, step, result, compare)?;
            }
            Action::Search { pattern, pair } => {
                let matches = pair.operator == Operator::Matches;
                let search = |text: &[u8], _: &[u8]| strings::search(pattern, text, matches);
                let (text, other) = (&slots[pair.left], &slots[pair.right]);
                relate_texts(pair.operator, text, other, step, result, search)?;
            }
            Action::Genotype { kind, equal } => {
                let mask = step.mask.as_deref().unwrap_or_default();
                genotype::compare(
                    record,
                    self.version,
                    *kind,
                    *equal,
                    mask,
                    step.wants_samples,
                    result,
                )?;
            }
            Action::Identifier(test) => {
                let mut names = record.id.split(|b| *b == b';');
                result.site = match test {
                    IdentifierTest::Is(name) => names.any(|id| id == name),
                    IdentifierTest::IsNot(name) => !names.any(|id| id == name),
                    IdentifierTest::Among(values) => names.any(|id| values.contains(id)),
                    IdentifierTest::NotAmong(values) => !names.any(|id| values.contains(id)),
                    IdentifierTest::Matches(pattern) => names.any(|id| pattern.is_match(id)),
                };
            }
            Action::Filter { names, relation } => {
                result.site = site::filters(record, names, *relation);
            }
            Action::TypeBit { bit, set } => {
                let types = variant::types(record);
                let types = if types == 0 { 1 } else { types << 1 };
                result.site = (types & bit != 0) == *set;
            }
            Action::Arithmetic { pair, counted } => {
                let (left, right) = sides(pair);
                let absent = !left.0.present || !right.0.present;
                if *counted && step.mask.is_some() && absent && !result.begun {
                    return Err(EvaluationError::NothingBegun);
                }
                arithmetic::run(pair.operator, left, right, step.mask.as_ref(), result)?;
            }
            Action::Logic(pair) => {
                let (left, right) = sides(pair);
                logic::run(pair.operator, left, right, step.mask.as_ref(), result);
            }
            Action::Call {
                function,
                argument,
                of,
            } => {
                let mask = self.steps[*argument].mask.as_ref();
                function::run(*function, &mut scratch.slots[*argument], *of, mask, result)?;
            }
            Action::Fisher {
                first,
                second,
                counts,
            } => {
                let sides = (&slots[*first], second.map(|second| &slots[second]));
                match &step.mask {
                    None => result.set(fisher::of_site(sides.0, sides.1)?),
                    Some(mask) => {
                        fisher::of_samples(record, self.version, *counts, sides, mask, result)?;
                    }
                }
            }
            Action::Binomial { first, second } => {
                let second = second.map(|second| &slots[second]);
                self.binomial(record, &slots[*first], second, step.mask.as_ref(), result)?;
            }
        }
        Ok(())
    }
}
