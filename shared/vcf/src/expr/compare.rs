//! Comparison of numbers: of sites, of samples, and of each with the other.

use super::ast::Operator;
use super::error::EvaluationError;
use super::program::Mask;
use super::strings::Absence;
use super::value::{Slot, is_absent, is_end};

/// Compares as bcftools does: in single precision, unless a number is too large for that to be exact.
fn holds(operator: Operator, a: f64, b: f64) -> bool {
    const EXACT: f64 = 16_777_216.0;
    if a > EXACT || b > EXACT {
        relate(operator, &a, &b)
    } else {
        relate(operator, &(a as f32), &(b as f32))
    }
}

fn relate<T: PartialOrd>(operator: Operator, a: &T, b: &T) -> bool {
    match operator {
        Operator::Equal => a == b,
        Operator::NotEqual => a != b,
        Operator::Less => a < b,
        Operator::LessOrEqual => a <= b,
        Operator::Greater => a > b,
        Operator::GreaterOrEqual => a >= b,
        _ => false,
    }
}

fn pair(operator: Operator, absence: Absence, a: f64, b: f64) -> bool {
    match usize::from(is_absent(a)) + usize::from(is_absent(b)) {
        0 => holds(operator, a, b),
        missing => absence.holds(missing),
    }
}

/// Compares site with site.
pub(super) fn sites(operator: Operator, left: &Slot, right: &Slot) -> bool {
    let absence = Absence::of(operator);
    match (left.present, right.present) {
        (false, false) => absence.both,
        (true, true) => left
            .values
            .iter()
            .any(|a| right.values.iter().any(|b| pair(operator, absence, *a, *b))),
        (present, _) => {
            let slot = if present { left } else { right };
            slot.values.iter().any(|value| {
                if is_absent(*value) {
                    absence.both
                } else {
                    absence.one
                }
            })
        }
    }
}

/// A comparison in which at least one side is per sample.
pub(super) struct SampleComparison<'a> {
    pub(super) operator: Operator,
    pub(super) left: (&'a Slot, bool),
    pub(super) right: (&'a Slot, bool),
    /// Whether the left side was chosen by the genotype: then places behind its end are not compared.
    pub(super) by_genotype: bool,
}

impl SampleComparison<'_> {
    /// Fills `result`; `mask` is the samples to compare.
    pub(super) fn run(
        &self,
        mask: &Mask,
        wants_samples: bool,
        result: &mut Slot,
    ) -> Result<(), EvaluationError> {
        let (left, right) = (self.left.0, self.right.0);
        if left.present
            && right.present
            && self.left.1
            && self.right.1
            && left.per_sample != right.per_sample
        {
            return Err(EvaluationError::Lengths(left.per_sample, right.per_sample));
        }
        result.pass(mask, wants_samples, |sample| self.sample(sample));
        Ok(())
    }

    fn sample(&self, sample: usize) -> bool {
        let absence = Absence::of(self.operator);
        let (left, right) = (self.left.0, self.right.0);
        if !left.present && !right.present {
            return absence.both;
        }
        if !left.present || !right.present {
            let side = if left.present { self.left } else { self.right };
            let missing = values_of(side, sample)
                .iter()
                .any(|value| is_absent(*value));
            return absence.holds(usize::from(missing) + 1);
        }
        let (a, b) = (values_of(self.left, sample), values_of(self.right, sample));
        match (self.left.1, self.right.1) {
            (true, true) => {
                for (a, b) in a.iter().zip(b) {
                    if self.by_genotype && (is_end(*a) || is_end(*b)) {
                        break;
                    }
                    if is_absent(*a) && !absence.any {
                        continue;
                    }
                    if pair(self.operator, absence, *a, *b) {
                        return true;
                    }
                }
                false
            }
            (true, false) => {
                let compared = a.iter().take_while(|a| !(self.by_genotype && is_end(**a)));
                let mut compared = compared.filter(|a| absence.any || !is_absent(**a));
                compared.any(|a| b.iter().any(|b| pair(self.operator, absence, *a, *b)))
            }
            _ => {
                let mut compared = b.iter().filter(|b| absence.any || !is_absent(**b));
                compared.any(|b| a.iter().any(|a| pair(self.operator, absence, *a, *b)))
            }
        }
    }
}

fn values_of((slot, per_sample): (&Slot, bool), sample: usize) -> &[f64] {
    if per_sample {
        slot.of_sample(sample)
    } else {
        &slot.values
    }
}
