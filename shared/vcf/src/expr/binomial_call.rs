//! `binom()` of a record: of two values, or of the two alleles in each genotype.

use super::binomial;
use super::error::EvaluationError;
use super::genotype;
use super::program::{Filter, Mask};
use super::value::{MISSING, Slot, is_absent};
use crate::record::{Genotype, Record};

impl Filter {
    pub(super) fn binomial(
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
