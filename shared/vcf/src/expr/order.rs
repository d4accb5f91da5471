//! Which expressions read what earlier records left: bcftools 1.24 keeps the values of a FORMAT tag from record to
//! record, and some functions do not look whether the record at hand has any.

use super::ast::{Function, Reduction};
use super::program::{Action, Step};

/// Whether any step takes values that may be those of an earlier record.
pub(super) fn reads_earlier_records(steps: &[Step]) -> bool {
    steps.iter().any(|step| match &step.action {
        Action::Call {
            function, argument, ..
        } => of_each_sample(*function) && steps[*argument].mask.is_some(),
        Action::Binomial { .. } | Action::Fisher { .. } => step.mask.is_some(),
        Action::Arithmetic { counted, .. } => *counted && step.mask.is_some(),
        Action::Compare { pair, .. } => {
            let (left, right) = (&steps[pair.left].mask, &steps[pair.right].mask);
            left.is_some() && right.is_some() && left != right
        }
        _ => false,
    })
}

fn of_each_sample(function: Function) -> bool {
    matches!(
        function,
        Function::All(Reduction::Count) | Function::Sample(_)
    )
}
