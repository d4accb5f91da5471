//! Sample columns without what they say: of samples that files contradict each other about.

use std::collections::HashSet;

use super::genotype::{is_missing, ploidy};
use crate::record::{Record, subfield};

/// The longest missing genotype; the ploidy of what is longer is cut.
const MISSING: &[u8] = b"./././././././././././././././.";

/// Appends a column like this one in which every value is missing. `genotype` is the place of GT.
pub(super) fn blank(column: &[u8], genotype: Option<usize>, out: &mut Vec<u8>) {
    for (place, value) in column.split(|b| *b == b':').enumerate() {
        if place > 0 {
            out.push(b':');
        }
        if genotype == Some(place) {
            let width = 2 * ploidy(value) - 1;
            out.extend_from_slice(&MISSING[..width.min(MISSING.len())]);
        } else {
            out.push(b'.');
        }
    }
}

/// Whether a column says nothing: of the genotype, or of anything where there is none.
pub(super) fn is_blank(column: &[u8], genotype: Option<usize>) -> bool {
    match genotype {
        Some(place) => is_missing(subfield(column, place).unwrap_or(b".")),
        None => column.iter().all(|b| b".:,/|".contains(b)),
    }
}

/// A line in which these sample columns, 0-based, are missing. `record` is that line.
pub(crate) fn blanked(line: &[u8], record: &Record<'_>, columns: &HashSet<usize>) -> Vec<u8> {
    let genotype = record.format_index(b"GT");
    let samples = record.samples.unwrap_or_default();
    let mut text = Vec::with_capacity(line.len());
    text.extend_from_slice(&line[..line.len() - samples.len()]);
    if samples.is_empty() {
        return text;
    }
    for (place, column) in samples.split(|b| *b == b'\t').enumerate() {
        if place > 0 {
            text.push(b'\t');
        }
        if columns.contains(&place) {
            blank(column, genotype, &mut text);
        } else {
            text.extend_from_slice(column);
        }
    }
    text
}

/// The columns, 0-based, that say something in one record and nothing in the other.
pub(crate) fn lost(before: &Record<'_>, after: &Record<'_>) -> Vec<usize> {
    let blank_columns = |record: &Record<'_>| -> Vec<bool> {
        let genotype = record.format_index(b"GT");
        let samples = record.samples.unwrap_or_default();
        let columns = samples.split(|b| *b == b'\t');
        columns.map(|column| is_blank(column, genotype)).collect()
    };
    let pairs = blank_columns(before)
        .into_iter()
        .zip(blank_columns(after))
        .enumerate();
    pairs
        .filter_map(|(place, (before, after))| (!before && after).then_some(place))
        .collect()
}
