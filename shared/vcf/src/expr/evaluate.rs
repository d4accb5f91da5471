//! Runs a [`Filter`] on a record.

use super::ast::Operator;
use super::compare::{self, SampleComparison};
use super::counts::Counts;
use super::error::EvaluationError;
use super::program::{Action, Constant, Filter, IdentifierTest, Load, Mask, Relation, Step};
use super::strings::{self, Absence};
use super::value::{MISSING, Slot, is_absent};
use super::{arithmetic, binomial, fisher, format, function, genotype, info, logic, site, variant};
use crate::record::{Genotype, Record};

/// The memory that a [`Filter`] works in, kept from record to record so that nothing is allocated for each. Belongs
/// to one thread and to the filter it was made for.
#[derive(Clone, Debug)]
pub struct Scratch {
    slots: Vec<Slot>,
    counts: Counts,
    /// For each sample the set of alleles in its genotype.
    sets: Vec<u64>,
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
        let per_sample = |at: usize| self.steps[at].mask.is_some();
        let slots = &scratch.slots;
        match &step.action {
            Action::Constant(_) => {}
            Action::Load(load) => {
                return self.load(load, step.mask.as_ref(), record, scratch, result);
            }
            Action::Compare {
                operator,
                left,
                right,
                by_genotype,
            } => match &step.mask {
                None => result.site = compare::sites(*operator, &slots[*left], &slots[*right]),
                Some(mask) => {
                    // bcftools leaves out the samples of one side only once it has seen both sides.
                    let sides = (&self.steps[*left].mask, &self.steps[*right].mask);
                    if let (Some(left_mask), Some(right_mask)) = sides
                        && left_mask != right_mask
                    {
                        result.begun |= slots[*left].present && slots[*right].present;
                        if !result.begun {
                            return Err(EvaluationError::LeftoverValues);
                        }
                    }
                    let comparison = SampleComparison {
                        operator: *operator,
                        left: (&slots[*left], per_sample(*left)),
                        right: (&slots[*right], per_sample(*right)),
                        by_genotype: *by_genotype,
                    };
                    comparison.run(mask, step.wants_samples, result)?;
                }
            },
            Action::CompareText {
                operator,
                left,
                right,
            } => {
                // The relation is symmetric; the side of the samples comes first.
                let (first, second) = if per_sample(*right) {
                    (right, left)
                } else {
                    (left, right)
                };
                let compare = |text: &[u8], other: &[u8]| strings::any_pair(text, other, *operator);
                relate_texts(
                    *operator,
                    &slots[*first],
                    &slots[*second],
                    step,
                    result,
                    compare,
                )?;
            }
            Action::Search {
                pattern,
                matches,
                text,
                right,
            } => {
                let operator = if *matches {
                    Operator::Matches
                } else {
                    Operator::NotMatches
                };
                let search = |text: &[u8], _: &[u8]| strings::search(pattern, text, *matches);
                relate_texts(
                    operator,
                    &slots[*text],
                    &slots[*right],
                    step,
                    result,
                    search,
                )?;
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
            Action::Filter { names, relation } => result.site = filters(record, names, *relation),
            Action::TypeBit { bit, set } => {
                let types = variant::types(record);
                let types = if types == 0 { 1 } else { types << 1 };
                result.site = (types & bit != 0) == *set;
            }
            Action::Arithmetic {
                operator,
                left,
                right,
                counted,
            } => {
                let absent = !slots[*left].present || !slots[*right].present;
                if *counted && step.mask.is_some() && absent && !result.begun {
                    return Err(EvaluationError::NothingBegun);
                }
                let sides = (
                    (&slots[*left], per_sample(*left)),
                    (&slots[*right], per_sample(*right)),
                );
                arithmetic::run(*operator, sides.0, sides.1, step.mask.as_ref(), result)?;
            }
            Action::Logic {
                operator,
                left,
                right,
            } => {
                let sides = (
                    (&slots[*left], per_sample(*left)),
                    (&slots[*right], per_sample(*right)),
                );
                logic::run(*operator, sides.0, sides.1, step.mask.as_ref(), result);
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

    fn load(
        &self,
        load: &Load,
        mask: Option<&Mask>,
        record: &Record<'_>,
        scratch: &mut Scratch,
        slot: &mut Slot,
    ) -> Result<(), EvaluationError> {
        match load {
            Load::Quality => site::quality(record, slot),
            Load::Position => slot.set(record.pos as f64),
            Load::Contig => slot.set_text(record.chrom),
            Load::Reference => slot.set_text(record.reference),
            Load::Alternates(subscript) => site::alternates(record, subscript, slot),
            Load::AlternateCount => slot.set(record.allele_count() as f64 - 1.0),
            Load::IndelLengths => site::indel_lengths(record, slot),
            Load::VariantTypes => site::variant_types(record, slot),
            Load::Flag(key) => slot.set(f64::from(u8::from(record.info_value(key).is_some()))),
            Load::InfoOne(key, kind) => info::one(record, key, *kind, slot),
            Load::InfoMany(key, kind, subscript) => info::many(record, key, *kind, subscript, slot),
            Load::InfoText(key) => info::text(record, key, slot),
            Load::InfoTexts(key, subscript) => info::texts(record, key, subscript, slot)?,
            Load::Count(value) => scratch.counts.load(self, record, *value, slot)?,
            Load::MissingGenotypes(amount) => {
                genotype::missing(record, self.version, self.samples, *amount, slot)?;
            }
            Load::GenotypeText => genotype::text(record, self.version, slot)?,
            Load::GenotypeLabels(set) => genotype::labels(record, self.version, *set, slot)?,
            Load::Format(key, kind, subscript) => match mask {
                None => slot.clear(),
                Some(mask) => {
                    let tag = (&key[..], *kind, subscript);
                    format::numbers(record, self.version, tag, mask, &mut scratch.sets, slot)?;
                }
            },
            Load::FormatText(key, subscript) => match mask {
                None => slot.clear(),
                Some(mask) => {
                    let tag = (&key[..], subscript);
                    format::texts(record, self.version, tag, mask, &mut scratch.sets, slot)?;
                }
            },
        }
        Ok(())
    }

    fn binomial(
        &self,
        record: &Record<'_>,
        first: &Slot,
        second: Option<&Slot>,
        mask: Option<&Mask>,
        result: &mut Slot,
    ) -> Result<(), EvaluationError> {
        result.clear();
        result.fail(mask.map_or(0, Vec::len));
        let test = |a: f64, b: f64| {
            let absent = is_absent(a) || is_absent(b);
            if absent {
                MISSING
            } else {
                binomial::two_sided(a, b).unwrap_or(MISSING)
            }
        };
        let Some(mask) = mask else {
            result.set(
                match (&first.values[..], second.map(|second| &second.values[..])) {
                    ([a, b], None) | ([a], Some([b])) => test(*a, *b),
                    _ => MISSING,
                },
            );
            return Ok(());
        };
        result.per_sample = 1;
        result.present = true;
        if let Some(second) = second {
            if first.per_sample != 1 || second.per_sample != 1 {
                return Err(EvaluationError::Lengths(
                    first.per_sample,
                    second.per_sample,
                ));
            }
            result.values.extend(
                first
                    .values
                    .iter()
                    .zip(&second.values)
                    .map(|(a, b)| test(*a, *b)),
            );
            return Ok(());
        }
        // One argument: the values of the two alleles in the genotype.
        let genotypes = genotype::of_samples(record).into_iter().flatten();
        for (sample, text) in genotypes.enumerate() {
            let mut alleles = Genotype::new(text?, self.version);
            let value = match (
                alleles.next().and_then(|a| a.index),
                alleles.next().and_then(|a| a.index),
            ) {
                (Some(a), Some(b)) if mask[sample] => {
                    let values = first.of_sample(sample);
                    let at = |index: u32| values.get(index as usize).copied();
                    let (Some(a), Some(b)) = (at(a), at(b)) else {
                        return Err(EvaluationError::SubscriptBeyondWidth(first.per_sample));
                    };
                    test(a, b)
                }
                _ => MISSING,
            };
            result.values.push(value);
        }
        result.values.resize(mask.len(), MISSING);
        Ok(())
    }
}

/// Compares two texts of which only the first may be per sample.
fn relate_texts(
    operator: Operator,
    first: &Slot,
    second: &Slot,
    step: &Step,
    result: &mut Slot,
    compare: impl Fn(&[u8], &[u8]) -> bool,
) -> Result<(), EvaluationError> {
    // A tag without its value, where bcftools then looks for a missing value in what an earlier record left.
    let unset = |slot: &Slot, other: &Slot| slot.present && slot.text.is_empty() && !other.present;
    if unset(first, second) || unset(second, first) {
        return Err(EvaluationError::LeftoverValues);
    }
    let absence = Absence::of(operator);
    let of_one = |text: &[u8]| absence.holds(usize::from(strings::has_missing(text)) + 1);
    let relate = |text: &[u8]| match (first.present, second.present) {
        (false, false) => absence.both,
        (true, true) => compare(text, &second.text),
        (true, false) => of_one(text),
        (false, true) => of_one(&second.text),
    };
    let Some(mask) = &step.mask else {
        result.site = relate(&first.text);
        return Ok(());
    };
    let relate = |sample: usize| {
        relate(if first.present {
            first.text_of_sample(sample)
        } else {
            b""
        })
    };
    result.fail(mask.len());
    for (sample, _) in mask.iter().enumerate().filter(|(_, taken)| **taken) {
        if relate(sample) {
            result.samples[sample] = true;
            result.site = true;
            if !step.wants_samples {
                break;
            }
        }
    }
    Ok(())
}

fn filters(record: &Record<'_>, names: &[Vec<u8>], relation: Relation) -> bool {
    let count = record.filters().count();
    let has = |name: &Vec<u8>| record.filters().any(|filter| filter == name);
    let contains = match (names.is_empty(), count) {
        (true, count) => count == 0,
        (false, 0) => false,
        (false, _) => names.iter().all(has),
    };
    match relation {
        Relation::Contains => contains,
        Relation::Lacks => !contains,
        Relation::Equal => names.len() == count && contains,
        Relation::NotEqual => !(names.len() == count && contains),
    }
}
