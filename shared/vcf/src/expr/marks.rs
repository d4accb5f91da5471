//! What steps need to know of those that come after them.

use super::ast::{Function, Operator, Reduction};
use super::program::{Action, Load, Step};
use super::subscript::Subscript;

/// Whether a step reads values that the genotype chose.
pub(super) fn by_genotype(step: &Step) -> bool {
    matches!(
        &step.action,
        Action::Load(
            Load::Format(_, _, Subscript::Genotype) | Load::FormatText(_, Subscript::Genotype)
        )
    )
}

/// Finds the steps whose passing samples somebody looks at.
pub(super) fn mark_wanted_samples(steps: &mut [Step]) {
    for at in (0..steps.len()).rev() {
        let wanted = steps[at].wants_samples;
        match steps[at].action {
            Action::Logic(pair) => {
                let (left, right) = (pair.left, pair.right);
                let both = steps[left].mask.is_some() && steps[right].mask.is_some();
                let wanted = wanted || (pair.operator == Operator::And && both);
                steps[left].wants_samples |= wanted;
                steps[right].wants_samples |= wanted;
            }
            Action::Call {
                function, argument, ..
            } => {
                let counts = matches!(
                    function,
                    Function::PassingSamples
                        | Function::PassingFraction
                        | Function::All(Reduction::Count)
                );
                steps[argument].wants_samples |= counts;
            }
            _ => {}
        }
    }
}

/// Finds the arithmetic whose outcome is counted by N_PASS or F_PASS.
pub(super) fn mark_counted(steps: &mut [Step]) {
    // In postfix order the steps of an argument stand together, from here to its last step.
    let mut begins: Vec<usize> = Vec::with_capacity(steps.len());
    for at in 0..steps.len() {
        let (begin, is_count) = match steps[at].action {
            Action::Compare { pair, .. }
            | Action::CompareText(pair)
            | Action::Search { pair, .. }
            | Action::Arithmetic { pair, .. }
            | Action::Logic(pair) => (begins[pair.left].min(begins[pair.right]), false),
            Action::Call {
                function, argument, ..
            } => {
                let is_count = matches!(
                    function,
                    Function::PassingSamples | Function::PassingFraction
                );
                (begins[argument], is_count)
            }
            Action::Binomial { first, .. } | Action::Fisher { first, .. } => (begins[first], false),
            // Comparisons of columns and genotypes stand behind their two sides.
            Action::Genotype { .. }
            | Action::Identifier(_)
            | Action::Filter { .. }
            | Action::TypeBit { .. } => (begins[at.saturating_sub(2)], false),
            Action::Constant(_) | Action::Load(_) => (at, false),
        };
        begins.push(begin);
        if is_count {
            for step in &mut steps[begin..at] {
                if let Action::Arithmetic { counted, .. } = &mut step.action {
                    *counted = true;
                }
            }
        }
    }
}
