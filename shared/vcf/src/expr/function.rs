//! Functions of one argument.

use super::ast::Function;
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
        Function::Count => count(argument, kind, mask, result),
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
        Function::Max
        | Function::Min
        | Function::Mean
        | Function::Median
        | Function::StandardDeviation
        | Function::Sum => {
            keep_present(argument, mask);
            result.values.extend(reduce(function, &mut argument.values));
            result.finish_values();
        }
        _ => return by_sample(function, argument, kind, mask, result),
    }
    Ok(())
}

/// The function of all values that a function of each sample's values stands for.
fn of_all(function: Function) -> Function {
    match function {
        Function::SampleMax => Function::Max,
        Function::SampleMin => Function::Min,
        Function::SampleMean => Function::Mean,
        Function::SampleMedian => Function::Median,
        Function::SampleStandardDeviation => Function::StandardDeviation,
        Function::SampleSum => Function::Sum,
        Function::SampleCount => Function::Count,
        other => other,
    }
}

fn by_sample(
    function: Function,
    argument: &mut Slot,
    kind: ArgumentKind,
    mask: Option<&Mask>,
    result: &mut Slot,
) -> Result<(), EvaluationError> {
    let Some(mask) = mask else {
        return run(of_all(function), argument, kind, None, result);
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
        let in_place = matches!(
            function,
            Function::SampleMedian | Function::SampleStandardDeviation
        );
        let values = if in_place {
            values
        } else {
            copied.clear();
            copied.extend_from_slice(values);
            &mut copied[..]
        };
        let mut count = 0;
        for at in 0..values.len() {
            if !is_absent(values[at]) {
                values[count] = values[at];
                count += 1;
            }
        }
        result.values[sample] = match function {
            Function::SampleCount => count as f64,
            _ => reduce(of_all(function), &mut values[..count]).unwrap_or(MISSING),
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
fn reduce(function: Function, values: &mut [f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let count = values.len() as f64;
    Some(match function {
        // A NaN is never greater or smaller, so it is passed over unless it is alone.
        Function::Max => {
            values.iter().fold(
                f64::NEG_INFINITY,
                |most, value| if most < *value { *value } else { most },
            )
        }
        Function::Min => {
            values.iter().fold(
                f64::INFINITY,
                |least, value| if least > *value { *value } else { least },
            )
        }
        Function::Sum => values.iter().fold(0.0, |sum, value| sum + value),
        Function::Mean => values.iter().fold(0.0, |sum, value| sum + value) / count,
        Function::Median => {
            values.sort_by(f64::total_cmp);
            let middle = values.len() / 2;
            if values.len() % 2 == 1 {
                values[middle]
            } else {
                (values[middle - 1] + values[middle]) * 0.5
            }
        }
        Function::StandardDeviation if values.len() == 1 => 0.0,
        Function::StandardDeviation => {
            let mean = values.iter().fold(0.0, |sum, value| sum + value) / count;
            let squares = values
                .iter()
                .fold(0.0, |sum, value| sum + (value - mean) * (value - mean));
            (squares / count).sqrt()
        }
        _ => return None,
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
