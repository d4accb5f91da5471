//! Relations of two texts, of the site or of each sample.

use super::ast::Operator;
use super::error::EvaluationError;
use super::program::Step;
use super::strings::{self, Absence};
use super::value::Slot;

/// Compares two texts of which only the first may be per sample.
pub(super) fn relate_texts(
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
    result.pass(mask, step.wants_samples, |sample| {
        relate(if first.present {
            first.text_of_sample(sample)
        } else {
            b""
        })
    });
    Ok(())
}
