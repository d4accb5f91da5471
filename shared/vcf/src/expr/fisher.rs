//! `fisher()`: Fisher's exact test of two by two counts, two-sided, of tags of the site or of each sample.

use super::binomial::log_gamma;
use super::error::EvaluationError;
use super::genotype;
use super::program::Mask;
use super::value::{MISSING, Slot, is_absent};
use crate::header::Version;
use crate::record::{Genotype, Record};

/// Where the four counts come from, decided by the header and the subscripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counts {
    /// All from one tag.
    Four,
    /// Two from each of two tags.
    Pairs,
    /// Those of the two alleles in the genotype, from each of two tags of Number=R.
    ByGenotype,
}

/// Ranges of tables beyond this are not summed up.
const MOST_TABLES: i64 = 10_000_000;

/// Tests the counts of the site.
pub(super) fn of_site(first: &Slot, second: Option<&Slot>) -> Result<f64, EvaluationError> {
    let values = |slot: &Slot| if slot.present { slot.values.len() } else { 0 };
    match second {
        None if values(first) == 4 => test([
            first.values[0],
            first.values[1],
            first.values[2],
            first.values[3],
        ]),
        Some(second) if values(first) >= 2 && values(second) >= 2 => test([
            first.values[0],
            second.values[0],
            first.values[1],
            second.values[1],
        ]),
        _ => Ok(MISSING),
    }
}

/// Tests the counts of each sample in `mask`.
pub(super) fn of_samples(
    record: &Record<'_>,
    version: Version,
    counts: Counts,
    (first, second): (&Slot, Option<&Slot>),
    mask: &Mask,
    result: &mut Slot,
) -> Result<(), EvaluationError> {
    result.clear();
    result.fail(mask.len());
    result.present = true;
    result.per_sample = 1;
    result.values.resize(mask.len(), MISSING);
    let second = second.unwrap_or(first);
    let value = |slot: &Slot, sample: usize, at: usize| {
        let values = slot.of_sample(sample);
        values
            .get(at)
            .copied()
            .ok_or(EvaluationError::SubscriptBeyondWidth(values.len()))
    };
    let mut genotypes = genotype::of_samples(record).into_iter().flatten();
    for (sample, taken) in mask.iter().enumerate() {
        let genotype = genotypes.next().transpose()?;
        if !taken {
            continue;
        }
        let places = match counts {
            Counts::Four if first.per_sample != 4 => {
                return Err(EvaluationError::LeftoverValues);
            }
            Counts::Four => [0, 1, 2, 3],
            Counts::Pairs => [0, 1, 0, 1],
            Counts::ByGenotype => {
                let mut alleles = Genotype::new(genotype.unwrap_or_default(), version);
                let mut next = || alleles.next().and_then(|allele| allele.index);
                match (next(), next()) {
                    (Some(a), Some(b)) => [a as usize, b as usize, a as usize, b as usize],
                    _ => continue,
                }
            }
        };
        let [a, b, c, d] = places;
        result.values[sample] = test([
            value(first, sample, a)?,
            value(first, sample, b)?,
            value(second, sample, c)?,
            value(second, sample, d)?,
        ])?;
    }
    Ok(())
}

/// The probability of a table at most as likely as this one; rows first.
fn test(counts: [f64; 4]) -> Result<f64, EvaluationError> {
    if counts.into_iter().any(is_absent) {
        return Ok(MISSING);
    }
    let counts = counts.map(|count| i64::from(count as i32));
    if counts.iter().any(|count| *count < 0) {
        return Err(EvaluationError::LeftoverValues);
    }
    let [a, b, c, d] = counts;
    let (row, column, all) = (a + b, a + c, a + b + c + d);
    let (least, most) = ((row + column - all).max(0), row.min(column));
    if least == most {
        return Ok(1.0);
    }
    if most - least > MOST_TABLES {
        return Err(EvaluationError::LeftoverValues);
    }
    let whole = choose(all, column);
    let probability = |a: i64| (choose(row, a) + choose(all - row, column - a) - whole).exp();
    // The tables at the two ends, as long as they are not likelier; bcftools allows for rounding so much.
    let limit = probability(a) * 1.000_000_01;
    let left: f64 = (least..=most)
        .map(probability)
        .take_while(|p| *p < limit)
        .sum();
    let right: f64 = (least..=most)
        .rev()
        .map(probability)
        .take_while(|p| *p < limit)
        .sum();
    Ok((left + right).min(1.0))
}

/// The logarithm of the number of ways to choose `k` of `n`.
fn choose(n: i64, k: i64) -> f64 {
    if k == 0 || k == n {
        return 0.0;
    }
    let factorial = |n: i64| log_gamma(n as f64 + 1.0);
    factorial(n) - factorial(k) - factorial(n - k)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_published_examples() {
        // Fisher's tea, and a table of 2 x 2 from textbooks.
        for (counts, expected) in [
            ([3.0, 1.0, 1.0, 3.0], 0.485_714),
            ([1.0, 9.0, 11.0, 3.0], 0.002_759),
            ([0.0, 0.0, 2.0, 3.0], 1.0),
        ] {
            let found = test(counts).unwrap();
            assert!((found - expected).abs() < 1e-6, "{counts:?}: {found}");
        }
    }
}
