//! Sample columns.

use super::format::{FormatPlan, Kind};
use super::noticed::Noticed;
use super::scan::{Scanned, canonical_columns};
use super::subfields::Printer;
use super::visit::{Visitor, place_in};
use super::{EmptyTexts, Form};
use crate::number::{canonical_float, canonical_integer, leading_digits};
use crate::record::RecordError;

/// Prints all sample columns with tabs between them and returns how many there are. Runs of
/// canonical columns are copied in one go. `whole` holds the columns of all samples there were.
pub(super) fn print_all<V: Visitor>(
    plan: &FormatPlan,
    columns: &[u8],
    whole: &[u8],
    notices: &Noticed,
    form: Form,
    out: &mut Vec<u8>,
    visitor: &mut V,
) -> Result<usize, RecordError> {
    let copy = |columns: &[u8], out: &mut Vec<u8>| {
        if !V::NOTES {
            out.extend_from_slice(columns);
        }
    };
    if plan.kinds == [Kind::Genotype] && are_diploid_digits(columns) {
        copy(columns, out);
        visitor.all_diploid();
        return Ok(columns.len() / 4 + 1);
    }
    // The last column is only that of the line if no samples were taken out.
    let own = std::ptr::eq(columns, whole) && form.empty == EmptyTexts::ByWidth;
    let mut copied = 0;
    let mut start = 0;
    let mut number = 1;
    let depth = plan.noted.depth.map(|(_, at)| at);
    // Behind a block in which something is not canonical the scan goes on; ever later where it gets nowhere.
    let scannable = plan.scannable();
    let (mut one_by_one_until, mut blocks) = (0, 1);
    loop {
        if let Some(first) = scannable
            && start >= one_by_one_until
        {
            match canonical_columns(columns, start, plan.kinds.len(), first, depth, visitor) {
                Scanned::All(found) => {
                    copy(&columns[copied..], out);
                    return Ok(number - 1 + found);
                }
                Scanned::Until {
                    columns: found,
                    at,
                    doubtful,
                } => {
                    blocks = if found == 0 { blocks * 2 } else { 1 };
                    one_by_one_until = start + doubtful * blocks;
                    start += at;
                    number += found;
                    visitor.keep(number - 1);
                }
            }
        }
        let end = match canonical_column(&plan.kinds, columns, start) {
            Some(end) => end,
            None => {
                let rest = &columns[start..];
                let end = start + memchr::memchr(b'\t', rest).unwrap_or(rest.len());
                copy(&columns[copied..start], out);
                let mut column = &columns[start..end];
                if own && end == columns.len() {
                    if column.is_empty() {
                        // To bcftools it is not there.
                        return Ok(number - 1);
                    }
                    column = without_last_colon(column);
                }
                let printer = Printer {
                    plan,
                    form,
                    whole,
                    number,
                    notices,
                };
                printer.print(column, out)?;
                copied = end;
                end
            }
        };
        if V::NOTES {
            visitor.column(start, place_in(&columns[start..end], start, depth));
        }
        if end == columns.len() {
            copy(&columns[copied..], out);
            return Ok(number);
        }
        start = end + 1;
        number += 1;
    }
}

/// The last column of a line without the colon it ends in: to bcftools the subfield behind it is not there.
pub(crate) fn without_last_colon(column: &[u8]) -> &[u8] {
    column.strip_suffix(b":").unwrap_or(column)
}

/// Whether every column is two alleles of one digit. No branch per column, so that the processor
/// compares many at once.
fn are_diploid_digits(columns: &[u8]) -> bool {
    let allele = |byte: u8| (byte.wrapping_sub(b'0') < 10) | (byte == b'.');
    let genotype = |a: u8, separator: u8, b: u8| {
        allele(a) & ((separator == b'/') | (separator == b'|')) & allele(b)
    };
    let (whole, last) = columns.as_chunks::<4>();
    let [a, separator, b] = last else {
        return false;
    };
    let mut all = genotype(*a, *separator, *b);
    for group in whole.chunks(64) {
        let mut fits = true;
        for [a, separator, b, tab] in group {
            fits &= genotype(*a, *separator, *b) & (*tab == b'\t');
        }
        all &= fits;
        if !all {
            break;
        }
    }
    all
}

/// Where the column that begins at `start` ends, if it is canonical.
#[inline]
fn canonical_column(kinds: &[Kind], columns: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    let last = kinds.len() - 1;
    for (index, kind) in kinds.iter().enumerate() {
        at = match kind {
            Kind::Genotype => canonical_genotype(columns, at)?,
            Kind::Integer => canonical_integers(columns, at)?,
            Kind::Float => at + canonical_floats(&columns[at..])?,
            Kind::String => {
                let rest = &columns[at..];
                let length = memchr::memchr2(b':', b'\t', rest).unwrap_or(rest.len());
                if length == 0 {
                    return None;
                }
                at + length
            }
            Kind::Dropped => return None,
        };
        match columns.get(at) {
            Some(b':') if index < last => at += 1,
            None | Some(b'\t') if index == last => {}
            _ => return None,
        }
    }
    Some(at)
}

/// Integers separated by commas; most have a few digits, which are looked at eight bytes at a time.
#[inline]
fn canonical_integers(text: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        let mut length = match text.get(at..at + 8).and_then(|bytes| bytes.first_chunk()) {
            Some(bytes) => leading_digits(u64::from_le_bytes(*bytes)),
            None => 8,
        };
        if length == 0 || length == 8 {
            length = canonical_integer(&text[at..]);
            if length == 0 {
                return None;
            }
        } else if length > 1 && text[at] == b'0' {
            return None;
        }
        at += length;
        if text.get(at) != Some(&b',') {
            return Some(at);
        }
        at += 1;
    }
}

fn canonical_floats(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let length = canonical_float(&text[at..]);
        if length == 0 {
            return None;
        }
        at += length;
        if text.get(at) != Some(&b',') {
            return Some(at);
        }
        at += 1;
    }
}

#[inline]
fn canonical_genotype(text: &[u8], start: usize) -> Option<usize> {
    // By far the most common: two alleles of one digit.
    if let Some([a, b'/' | b'|', b, b':' | b'\t']) = text.get(start..start + 4)
        && (a.is_ascii_digit() || *a == b'.')
        && (b.is_ascii_digit() || *b == b'.')
    {
        return Some(start + 3);
    }
    let mut at = start;
    loop {
        let allele = &text[at..];
        if allele.first() == Some(&b'-') {
            return None;
        }
        let length = canonical_integer(allele);
        if length == 0 {
            return None;
        }
        at += length;
        match text.get(at) {
            Some(b'/' | b'|') => at += 1,
            _ => return Some(at),
        }
    }
}
