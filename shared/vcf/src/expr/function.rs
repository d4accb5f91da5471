//! Functions of one argument.

use super::ast::{Function, Reduction};
use super::error::EvaluationError;
use super::program::{ArgumentKind, Mask};
use super::value::{MISSING, Slot, is_absent};

/// Applies `function` to `argument`, whose samples are `mask`, into `result`.
pub(super) fn run(
    function: Function,
    argument: &mut Slot,
    kind: ArgumentKind,
    mask: Option<&Mask>,
    result: &mut Slot,
) -> Result<(), EvaluationError> {
    result.fail(mask.map_or(0, Vec::len));
    match function {
        Function::Absolute | Function::Phred if !argument.present => {
            result.per_sample = argument.per_sample;
            result.leave();
            return Ok(());
        }
        _ => result.clear(),
    }
    match function {
        Function::Absolute => map(argument, result, f64::abs),
        Function::Phred => map(argument, result, |value| -4.342_944_819_03 * value.ln()),
        Function::StringLength => string_length(argument, kind, result),
        Function::All(Reduction::Count) => count(argument, kind, mask, result),
        Function::PassingSamples | Function::PassingFraction => {
            let taken = mask.into_iter().flatten().filter(|taken| **taken).count();
            let passing = mask
                .into_iter()
                .flatten()
                .zip(&argument.samples)
                .filter(|(taken, passes)| **taken && **passes);
            let passing = passing.count() as f64;
            result.set(match function {
                Function::PassingSamples => passing,
                _ if taken == 0 => 0.0,
                _ => passing / taken as f64,
            });
        }
        Function::All(reduction) => {
            keep_present(argument, mask);
            let reduced = reduce(reduction, &mut argument.values);
            result.values.extend(reduced);
            result.finish_values();
        }
        Function::Sample(reduction) => return by_sample(reduction, argument, kind, mask, result),
    }
    Ok(())
}

fn by_sample(
    reduction: Reduction,
    argument: &mut Slot,
    kind: ArgumentKind,
    mask: Option<&Mask>,
    result: &mut Slot,
) -> Result<(), EvaluationError> {
    let Some(mask) = mask else {
        return run(Function::All(reduction), argument, kind, None, result);
    };
    result.per_sample = 1;
    result.values.resize(mask.len(), MISSING);
    // bcftools does not look whether the tag is there, and takes what an earlier record left.
    let width = argument.per_sample;
    if !argument.present && argument.values.len() < mask.len() * width {
        return Err(EvaluationError::LeftoverValues);
    }
    let mut copied = Vec::new();
    for (sample, _) in mask.iter().enumerate().filter(|(_, taken)| **taken) {
        let begin = sample * width;
        let values = argument.values.get_mut(begin..begin + width);
        let values = values.unwrap_or_default();
        // MEDIAN and STDEV move the values that are there to the front, MEDIAN sorts them: that is what is left.
        let values = match reduction {
            Reduction::Median | Reduction::StandardDeviation => values,
            _ => {
                copied.clear();
                copied.extend_from_slice(values);
                &mut copied[..]
            }
        };
        let mut count = 0;
        for at in 0..values.len() {
            if !is_absent(values[at]) {
                values[count] = values[at];
                count += 1;
            }
        }
        result.values[sample] = match reduction {
            Reduction::Count => count as f64,
            _ => reduce(reduction, &mut values[..count]).unwrap_or(MISSING),
        };
    }
    result.present = true;
    Ok(())
}

/// Drops missing values and those of samples that are not looked at.
fn keep_present(slot: &mut Slot, mask: Option<&Mask>) {
    if !slot.present {
        slot.values.clear();
    }
    let per_sample = slot.per_sample.max(1);
    let mut at = 0;
    slot.values.retain(|value| {
        let taken = mask.is_none_or(|mask| mask[at / per_sample]);
        at += 1;
        taken && !is_absent(*value)
    });
}

/// Reduces values, none of them missing; `None` if there are none. Sums run from the first to the last.
fn reduce(reduction: Reduction, values: &mut [f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let count = values.len() as f64;
    let sum = |values: &[f64]| values.iter().fold(0.0, |sum, value| sum + value);
    Some(match reduction {
        // A NaN is never greater or smaller, so it is passed over unless it is alone.
        Reduction::Max => {
            values.iter().fold(
                f64::NEG_INFINITY,
                |most, value| if most < *value { *value } else { most },
            )
        }
        Reduction::Min => {
            values.iter().fold(
                f64::INFINITY,
                |least, value| if least > *value { *value } else { least },
            )
        }
        Reduction::Sum => sum(values),
        Reduction::Mean => sum(values) / count,
        Reduction::Median => {
            values.sort_by(f64::total_cmp);
            let middle = values.len() / 2;
            if values.len() % 2 == 1 {
                values[middle]
            } else {
                (values[middle - 1] + values[middle]) * 0.5
            }
        }
        Reduction::StandardDeviation if values.len() == 1 => 0.0,
        Reduction::StandardDeviation => {
            let mean = sum(values) / count;
            let squares = values
                .iter()
                .fold(0.0, |sum, value| sum + (value - mean) * (value - mean));
            (squares / count).sqrt()
        }
        Reduction::Count => return None,
    })
}

fn map(argument: &Slot, result: &mut Slot, function: impl Fn(f64) -> f64) {
    result.per_sample = argument.per_sample;
    result.present = argument.present;
    if argument.present {
        let map = |value: &f64| {
            if is_absent(*value) {
                MISSING
            } else {
                function(*value)
            }
        };
        result.values.extend(argument.values.iter().map(map));
    }
}

fn string_length(argument: &Slot, kind: ArgumentKind, result: &mut Slot) {
    if !argument.present || argument.text.is_empty() {
        return;
    }
    if kind == ArgumentKind::TextList {
        let text = argument.text.strip_suffix(b",").unwrap_or(&argument.text);
        result
            .values
            .extend(text.split(|b| *b == b',').map(|part| part.len() as f64));
    } else {
        let missing = argument.text == b".";
        result.values.push(if missing {
            0.0
        } else {
            argument.text.len() as f64
        });
    }
    result.finish_values();
}

fn count(argument: &Slot, kind: ArgumentKind, mask: Option<&Mask>, result: &mut Slot) {
    let count = match (mask, kind) {
        // As with functions of each sample, the tag may be that of an earlier record.
        (Some(mask), ArgumentKind::Tag) => {
            let taken = (0..mask.len()).filter(|sample| mask[*sample]);
            taken
                .flat_map(|sample| argument.of_sample(sample))
                .filter(|value| !is_absent(**value))
                .count()
        }
        (Some(_), _) => argument.samples.iter().filter(|passes| **passes).count(),
        (None, ArgumentKind::Text | ArgumentKind::TextList) => match argument.text[..] {
            [] => 0,
            ref text => 1 + text.iter().filter(|b| **b == b',').count(),
        },
        (None, _) if !argument.present => 0,
        (None, _) => argument.values.len(),
    };
    result.set(count as f64);
}
