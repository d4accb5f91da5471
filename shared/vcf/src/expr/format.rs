//! Reads FORMAT tags the way BCF holds them: as many values for each sample as the longest sample has.

use super::error::EvaluationError;
use super::genotype;
use super::program::{Mask, NumberType};
use super::subscript::Subscript;
use super::value::{END, MISSING, Slot};
use crate::header::Version;
use crate::number;
use crate::record::{Record, subfield};

/// One value of a subfield; `None` if it is missing.
fn value(text: &[u8], kind: NumberType) -> Option<f64> {
    match kind {
        NumberType::Integer => number::integer_prefix(text).number(),
        NumberType::Float => match text {
            b"" => Some(0.0),
            [b'.', rest @ ..] if !rest.first().is_some_and(u8::is_ascii_digit) => None,
            _ => Some(f64::from(number::float_prefix(text).value.unwrap_or(0.0))),
        },
    }
}

fn parts(text: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    text.split(|b| *b == b',')
}

/// A record without the tag has no value. With a subscript by genotype bcftools also leaves this record's genotypes
/// unread, and may take those of an earlier record at a later one.
fn absent(by_genotype: bool) -> Result<(), EvaluationError> {
    if by_genotype {
        Err(EvaluationError::LeftoverValues)
    } else {
        Ok(())
    }
}

/// Reads a tag of numbers. Samples outside of `mask` get missing values.
pub(super) fn numbers(
    record: &Record<'_>,
    version: Version,
    (key, kind, subscript): (&[u8], NumberType, &Subscript),
    mask: &Mask,
    sets: &mut Vec<u64>,
    slot: &mut Slot,
) -> Result<(), EvaluationError> {
    let by_genotype = *subscript == Subscript::Genotype;
    let Some(place) = record.format_index(key) else {
        slot.leave();
        return absent(by_genotype);
    };
    let cells = || record.columns().map(move |column| subfield(column, place));
    if let Subscript::One(index) = subscript {
        slot.clear();
        slot.present = true;
        slot.per_sample = 1;
        for (cell, taken) in cells().zip(mask) {
            let value = match cell {
                Some(text) if *taken => parts(text).nth(*index).and_then(|text| value(text, kind)),
                _ => None,
            };
            slot.values.push(value.unwrap_or(MISSING));
        }
        return Ok(());
    }
    let width = cells()
        .flatten()
        .map(|text| parts(text).count())
        .max()
        .unwrap_or(1);
    slot.per_sample = match subscript {
        // bcftools would read into the values of the next sample.
        Subscript::Some(marks) if marks.len() > width => {
            return Err(EvaluationError::SubscriptBeyondWidth(width));
        }
        Subscript::Some(marks) => marks.iter().filter(|marked| **marked).count(),
        _ => width,
    };
    if by_genotype && genotype::allele_sets(record, version, sets)?.is_none() {
        slot.leave();
        return Ok(());
    }
    slot.clear();
    slot.present = true;
    // Only subscripts by genotype let bcftools take these for numbers.
    let (missing, end) = match kind {
        NumberType::Integer if by_genotype => (f64::from(i32::MIN), f64::from(i32::MIN + 1)),
        _ => (MISSING, END),
    };
    for (sample, (cell, _)) in cells()
        .zip(mask)
        .enumerate()
        .filter(|(_, (_, taken))| **taken)
    {
        slot.values.resize(sample * slot.per_sample, MISSING);
        let begin = slot.values.len();
        let mut texts = cell.into_iter().flat_map(parts);
        for index in 0..width {
            let text = texts.next();
            let taken = match sets.get(sample) {
                Some(set) if by_genotype => index < 64 && set >> index & 1 == 1,
                _ => subscript.takes(index),
            };
            if taken {
                let absent = if text.is_some() || index == 0 {
                    missing
                } else {
                    end
                };
                slot.values
                    .push(text.and_then(|text| value(text, kind)).unwrap_or(absent));
            }
        }
        if slot.values.len() == begin {
            slot.values.push(MISSING);
        }
        slot.values.resize(begin + slot.per_sample, END);
    }
    slot.values.resize(mask.len() * slot.per_sample, MISSING);
    Ok(())
}

/// Reads a text tag: the parts taken, joined by commas, `.` if there is none.
pub(super) fn texts(
    record: &Record<'_>,
    version: Version,
    (key, subscript): (&[u8], &Subscript),
    mask: &Mask,
    sets: &mut Vec<u64>,
    slot: &mut Slot,
) -> Result<(), EvaluationError> {
    slot.clear();
    let by_genotype = *subscript == Subscript::Genotype;
    let Some(place) = record.format_index(key) else {
        return absent(by_genotype);
    };
    if by_genotype && genotype::allele_sets(record, version, sets)?.is_none() {
        return Ok(());
    }
    for (sample, (column, taken)) in record.columns().zip(mask).enumerate() {
        if *taken {
            let mut any = false;
            for (index, text) in parts(subfield(column, place).unwrap_or(b".")).enumerate() {
                let takes = match sets.get(sample) {
                    Some(set) if by_genotype => index < 64 && set >> index & 1 == 1,
                    _ => subscript.takes(index),
                };
                if takes {
                    if any {
                        slot.text.push(b',');
                    }
                    slot.text.extend_from_slice(text);
                    any = true;
                }
            }
            if !any {
                slot.text.push(b'.');
            }
        }
        slot.ends.push(slot.text.len());
    }
    slot.present = true;
    Ok(())
}
