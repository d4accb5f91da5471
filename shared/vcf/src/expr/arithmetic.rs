//! `+ - * / %` on numbers of sites and samples.

use super::ast::Operator;
use super::error::EvaluationError;
use super::program::Mask;
use super::value::{MISSING, Slot, is_absent};

/// Computes `left operator right` into `result`. The flags say which side is per sample; `mask` is the samples of
/// the result.
pub(super) fn run(
    operator: Operator,
    left: (&Slot, bool),
    right: (&Slot, bool),
    mask: Option<&Mask>,
    result: &mut Slot,
) -> Result<(), EvaluationError> {
    result.fail(mask.map_or(0, Vec::len));
    let ((a, a_samples), (b, b_samples)) = (left, right);
    if !a.present || !b.present {
        result.leave();
        return Ok(());
    }
    result.begun = true;
    // bcftools leaves the values of before where the one of the site is missing.
    let constant = match (a_samples, b_samples) {
        (true, false) => b.values.first(),
        (false, true) => a.values.first(),
        _ => None,
    };
    if constant.is_some_and(|constant| is_absent(*constant)) {
        let samples = if a_samples { a } else { b };
        result.per_sample = samples.per_sample;
        result.values.resize(samples.values.len(), MISSING);
        result.leave();
        return Ok(());
    }
    result.clear();
    match (a_samples, b_samples) {
        (false, false) => vectors(operator, &a.values, &b.values, &mut result.values)?,
        (true, true) => {
            result.per_sample = a.per_sample.max(b.per_sample);
            for sample in 0..mask.map_or(0, Vec::len) {
                vectors(
                    operator,
                    a.of_sample(sample),
                    b.of_sample(sample),
                    &mut result.values,
                )?;
            }
        }
        (true, false) => {
            result.per_sample = a.per_sample;
            // Of several values of the site bcftools takes the first.
            let constant = b.values.first().copied().unwrap_or(MISSING);
            for value in &a.values {
                result.values.push(compute(operator, *value, constant)?);
            }
        }
        (false, true) => {
            result.per_sample = b.per_sample;
            let constant = a.values.first().copied().unwrap_or(MISSING);
            for value in &b.values {
                result.values.push(compute(operator, constant, *value)?);
            }
        }
    }
    result.present = result
        .values
        .iter()
        .any(|value| value.to_bits() != MISSING.to_bits());
    Ok(())
}

fn vectors(
    operator: Operator,
    a: &[f64],
    b: &[f64],
    out: &mut Vec<f64>,
) -> Result<(), EvaluationError> {
    if a.len() != b.len() && a.len() != 1 && b.len() != 1 {
        return Err(EvaluationError::Lengths(a.len(), b.len()));
    }
    if a.is_empty() || b.is_empty() {
        return Ok(());
    }
    for at in 0..a.len().max(b.len()) {
        let a = if a.len() > 1 { a[at] } else { a[0] };
        let b = if b.len() > 1 { b[at] } else { b[0] };
        out.push(compute(operator, a, b)?);
    }
    Ok(())
}

fn compute(operator: Operator, a: f64, b: f64) -> Result<f64, EvaluationError> {
    if is_absent(a) || is_absent(b) {
        return Ok(MISSING);
    }
    Ok(match operator {
        Operator::Add => a + b,
        Operator::Subtract => a - b,
        Operator::Multiply => a * b,
        Operator::Divide => a / b,
        _ => match truncate(a).checked_rem(truncate(b)) {
            Some(remainder) => f64::from(remainder),
            None => return Err(EvaluationError::DivisionByZero),
        },
    })
}

/// The 32-bit integer that x86-64 makes of a float.
fn truncate(value: f64) -> i32 {
    if value > -2_147_483_649.0 && value < 2_147_483_648.0 {
        value as i32
    } else {
        i32::MIN
    }
}
