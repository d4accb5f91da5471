//! `-c -C -q -Q -u -U`: limits on allele counts and frequencies.

use crate::command::{AlleleType, Sites, ViewStage};

use super::counts::Counts;

/// Whether a site keeps within the limits of the stage.
pub(super) fn pass(stage: &ViewStage, counts: &Counts) -> bool {
    let total = counts.total();
    let of = |alleles: AlleleType| match alleles {
        AlleleType::NonReference => Some(counts.non_reference()),
        AlleleType::FirstAlternate => counts.alleles.get(1).copied(),
        AlleleType::Minor => counts.alleles.iter().min().copied(),
        AlleleType::Major => counts.alleles.iter().max().copied(),
        AlleleType::NonMajor => counts.alleles.iter().max().map(|most| total - most),
    };
    if let Some(limit) = stage.min_count
        && of(limit.alleles).is_none_or(|count| i64::from(limit.count) > count)
    {
        return false;
    }
    if let Some(limit) = stage.max_count
        && of(limit.alleles).is_some_and(|count| i64::from(limit.count) < count)
    {
        return false;
    }
    if stage.min_frequency.is_some() || stage.max_frequency.is_some() {
        if total == 0 {
            return false;
        }
        let frequency = |alleles| of(alleles).map(|count| count as f64 / total as f64);
        if let Some(limit) = stage.min_frequency
            && frequency(limit.alleles).is_none_or(|value| f64::from(limit.frequency) > value)
        {
            return false;
        }
        if let Some(limit) = stage.max_frequency
            && frequency(limit.alleles).is_some_and(|value| f64::from(limit.frequency) < value)
        {
            return false;
        }
    }
    match stage.uncalled {
        None => true,
        Some(Sites::Select) => total <= 0,
        Some(Sites::Exclude) => total != 0,
    }
}
