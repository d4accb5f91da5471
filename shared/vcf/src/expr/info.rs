//! Reads INFO tags the way BCF holds them, with the values that bcftools makes of malformed entries.

use super::error::EvaluationError;
use super::program::NumberType;
use super::subscript::Subscript;
use super::value::{MISSING, Slot};
use crate::number;
use crate::record::Record;

/// What BCF writes for a missing integer in a list, which bcftools then takes for a number.
const MISSING_IN_LIST: f64 = i32::MIN as f64;
/// The same for a lone one, written in 8 bits.
const MISSING_ALONE: f64 = i8::MIN as f64;

/// One value of an entry; `None` if it is missing or unreadable.
pub(super) fn value(text: &[u8], kind: NumberType) -> Option<f64> {
    match kind {
        NumberType::Integer => number::integer_prefix(text).number(),
        NumberType::Float => number::float_prefix(text).number(),
    }
}

/// Reads a tag that the header declares with one value.
pub(super) fn one(record: &Record<'_>, key: &[u8], kind: NumberType, slot: &mut Slot) {
    slot.clear();
    match record.info_value(key) {
        None => {}
        // A tag without a value, or with more than it may have, is 0 to bcftools.
        Some(None) => slot.set(0.0),
        Some(Some(text)) if memchr::memchr(b',', text).is_some() => slot.set(0.0),
        Some(Some(text)) => {
            if let Some(value) = value(text, kind) {
                slot.set(value);
            }
        }
    }
}

/// Reads a tag that the header declares with any other number of values.
pub(super) fn many(
    record: &Record<'_>,
    key: &[u8],
    kind: NumberType,
    subscript: &Subscript,
    slot: &mut Slot,
) {
    slot.clear();
    let Some(Some(text)) = record.info_value(key) else {
        return;
    };
    let mut parts = text.split(|b| *b == b',');
    match (subscript, kind) {
        // A lone value answers to every subscript, and is a number even if it is missing.
        (Subscript::One(_), _) if memchr::memchr(b',', text).is_none() => {
            slot.values.push(value(text, kind).unwrap_or(match kind {
                NumberType::Integer => MISSING_ALONE,
                NumberType::Float => f64::NAN,
            }));
        }
        (Subscript::One(index), _) => {
            let part = parts.nth(*index);
            slot.values.extend(part.and_then(|text| value(text, kind)));
        }
        _ => {
            let missing = match kind {
                NumberType::Integer => MISSING_IN_LIST,
                NumberType::Float => MISSING,
            };
            for (index, text) in parts.enumerate() {
                if subscript.takes(index) {
                    slot.values.push(value(text, kind).unwrap_or(missing));
                }
            }
        }
    }
    slot.finish_values();
}

/// Reads a text tag that the header declares with one value: the whole text, commas and all.
pub(super) fn text(record: &Record<'_>, key: &[u8], slot: &mut Slot) {
    slot.clear();
    match record.info_value(key) {
        None => {}
        // Present, and equal to nothing.
        Some(None) => slot.present = true,
        Some(Some(text)) => slot.set_text(text),
    }
}

/// Reads a text tag of any other number: all of it or one of its parts.
pub(super) fn texts(
    record: &Record<'_>,
    key: &[u8],
    subscript: &Subscript,
    slot: &mut Slot,
) -> Result<(), EvaluationError> {
    slot.clear();
    let Some(Some(text)) = record.info_value(key) else {
        return Ok(());
    };
    match subscript {
        Subscript::One(index) => {
            slot.set_text(text.split(|b| *b == b',').nth(*index).unwrap_or_default());
        }
        Subscript::Some(marks) => {
            let mut parts = text.split(|b| *b == b',');
            for (index, marked) in marks.iter().enumerate() {
                // bcftools goes on behind the end of the text.
                let part = parts
                    .next()
                    .ok_or(EvaluationError::SubscriptBeyondWidth(index))?;
                if *marked {
                    slot.text.extend_from_slice(part);
                    slot.text.push(b',');
                }
            }
            slot.present = !slot.text.is_empty();
        }
        _ => slot.set_text(text),
    }
    Ok(())
}
