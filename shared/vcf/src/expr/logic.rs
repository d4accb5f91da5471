//! `&`, `&&`, `|` and `||`: one symbol joins within a sample, two join over samples.

use super::ast::Operator;
use super::program::Mask;
use super::value::Slot;

/// Joins two outcomes. The flags say which side is per sample; `mask` is the samples of the result.
pub(super) fn run(
    operator: Operator,
    left: (&Slot, bool),
    right: (&Slot, bool),
    mask: Option<&Mask>,
    result: &mut Slot,
) {
    let samples = mask.map_or(0, Vec::len);
    result.fail(samples);
    let ((a, a_samples), (b, b_samples)) = (left, right);
    let passes = |slot: &Slot, sample: usize| slot.samples.get(sample).copied().unwrap_or(false);
    let and = matches!(operator, Operator::And | Operator::AndAny);
    if (and && !(a.site && b.site)) || !(a.site || b.site) {
        return;
    }
    result.site = true;
    let Some(mask) = mask else { return };
    // `||` over samples passes them all, but a failing site does not lift the samples of the other side.
    let one_site_fails = (!a_samples && !a.site) || (!b_samples && !b.site);
    let both = a_samples && b_samples;
    for (sample, _) in mask.iter().enumerate().filter(|(_, taken)| **taken) {
        let (a_passes, b_passes) = (
            a_samples && passes(a, sample),
            b_samples && passes(b, sample),
        );
        result.samples[sample] = match operator {
            Operator::OrAny if !one_site_fails => true,
            Operator::And if both => a_passes && b_passes,
            _ => a_passes || b_passes,
        };
    }
    if operator == Operator::And && both {
        result.site = result.samples.contains(&true);
    }
}
