//! Which parts of an expression need not be computed once another has decided it.

use super::ast::{Function, Operator};
use super::program::{Action, Constant, CountValue, Load, Pair, Skip, Step};
use super::subscript::Subscript;

/// For each step the logic step that it decides alone if it fails (`&`) or passes (`|`), so that what stands between
/// need not be computed. Where bcftools might end with an error there, it is computed all the same.
pub(super) fn skips(steps: &[Step], samples: usize) -> Vec<Option<Skip>> {
    let mut skips = vec![None; steps.len()];
    for (at, step) in steps.iter().enumerate() {
        if let Action::Logic(Pair { operator, left, .. }) = step.action {
            let if_site = matches!(operator, Operator::Or | Operator::OrAny);
            let may_fail = (left + 1..at).any(|between| may_fail(steps, between, samples));
            let samples_wanted = if_site && step.wants_samples;
            if !samples_wanted && !may_fail {
                let passed_over = &steps[left + 1..at];
                skips[left] = Some(Skip {
                    if_site,
                    to: at,
                    checks_counts: passed_over
                        .iter()
                        .any(|step| matches!(step.action, Action::Load(Load::Count(_)))),
                });
            }
        }
    }
    skips
}

/// Whether bcftools ends with an error at some records.
fn may_fail(steps: &[Step], at: usize, samples: usize) -> bool {
    match &steps[at].action {
        Action::Load(Load::Count(_)) => samples == 0,
        Action::Arithmetic { pair, .. } => {
            pair.operator == Operator::Remainder || !are_scalar(steps, pair)
        }
        Action::Compare { pair, .. } => {
            let both = steps[pair.left].mask.is_some() && steps[pair.right].mask.is_some();
            both && !are_scalar(steps, pair)
        }
        Action::Binomial {
            first,
            second: Some(second),
        } => !is_scalar(steps, *first) || !is_scalar(steps, *second),
        _ => false,
    }
}

fn are_scalar(steps: &[Step], pair: &Pair) -> bool {
    is_scalar(steps, pair.left) && is_scalar(steps, pair.right)
}

/// Whether a step never has more than one value, or one of each sample.
fn is_scalar(steps: &[Step], at: usize) -> bool {
    match &steps[at].action {
        Action::Constant(Constant::Number(_)) | Action::Binomial { .. } | Action::Fisher { .. } => {
            true
        }
        Action::Load(load) => matches!(
            load,
            Load::Quality
                | Load::Position
                | Load::AlternateCount
                | Load::Flag(_)
                | Load::InfoOne(..)
                | Load::InfoMany(_, _, Subscript::One(_))
                | Load::Format(_, _, Subscript::One(_))
                | Load::Count(
                    CountValue::AlleleNumber | CountValue::MinorCount | CountValue::MinorFrequency
                )
                | Load::MissingGenotypes(_)
        ),
        Action::Arithmetic { pair, .. } => are_scalar(steps, pair),
        Action::Call {
            function: Function::Absolute | Function::Phred,
            argument,
            ..
        } => is_scalar(steps, *argument),
        Action::Call { function, .. } => *function != Function::StringLength,
        _ => false,
    }
}
