//! The eight fixed columns.

use super::noticed::Noticed;
use super::subfields::Range;
use super::visit::Visitor;
use super::{Floats, PrintFloat};
use crate::header::{Header, Type};
use crate::notices::{Column, Matter};
use crate::number::{
    Look, canonical_float, canonical_integer, canonical_list, float_prefix, integer_prefix,
    print_integer, quality,
};
use crate::record::Record;

pub(super) fn print<V: Visitor>(
    header: &Header,
    record: &Record<'_>,
    notices: &Noticed,
    floats: Floats<'_>,
    out: &mut Vec<u8>,
    visitor: &mut V,
) {
    out.extend_from_slice(record.chrom);
    out.push(b'\t');
    print_integer(record.pos as i64, out);
    out.push(b'\t');
    out.extend_from_slice(or_dot(record.id));
    out.push(b'\t');
    out.extend_from_slice(or_dot(record.reference));
    out.push(b'\t');
    print_alternates(record.alternates, out);
    out.push(b'\t');
    print_quality(record.quality, floats.print, out);
    out.push(b'\t');
    let filter = record.filter.strip_suffix(b";").unwrap_or(record.filter);
    out.extend_from_slice(or_dot(filter));
    out.push(b'\t');
    print_info(header, record, notices, floats, out, visitor);
}

fn or_dot(text: &[u8]) -> &[u8] {
    if text.is_empty() { b"." } else { text }
}

fn print_alternates(text: &[u8], out: &mut Vec<u8>) {
    for (n, allele) in text.split(|b| *b == b',').enumerate() {
        if n > 0 {
            out.push(b',');
        }
        out.extend_from_slice(or_dot(allele));
    }
}

fn print_quality(text: &[u8], float: PrintFloat, out: &mut Vec<u8>) {
    if canonical_float(text) == text.len() && !text.is_empty() {
        out.extend_from_slice(text);
    } else {
        match quality(text) {
            Some(value) => float(value, out),
            None => out.push(b'.'),
        }
    }
}

fn print_info<V: Visitor>(
    header: &Header,
    record: &Record<'_>,
    notices: &Noticed,
    floats: Floats<'_>,
    out: &mut Vec<u8>,
    visitor: &mut V,
) {
    let start = out.len();
    for (key, value) in record.info_fields() {
        if out.len() > start {
            out.push(b';');
        }
        out.extend_from_slice(key);
        // An empty string is printed like a flag.
        let declared = header.info(key);
        if declared.is_none() {
            notices.note(Column::Info, Matter::Undeclared, key);
        }
        visitor.info(key, declared.map(|d| d.kind), value);
        let kind = declared.map_or(Type::String, |d| d.kind);
        let Some(value) = value else {
            continue;
        };
        match kind {
            Type::String | Type::Flag => {
                if !value.is_empty() {
                    out.push(b'=');
                    out.extend_from_slice(value);
                }
            }
            Type::Integer => {
                out.push(b'=');
                let range = print_list(value, canonical_integer, print_integer_item, out);
                if range == Range::Exceeded {
                    notices.note(Column::Info, Matter::SetToMissing, key);
                }
            }
            Type::Float => {
                out.push(b'=');
                let float = floats.of_info(key);
                let print_item =
                    |item: &[u8], out: &mut Vec<u8>| print_float_item(item, float, out);
                print_list(value, canonical_float, print_item, out);
            }
        }
    }
    if out.len() == start {
        out.push(b'.');
    }
}

fn print_list(
    text: &[u8],
    canonical: fn(&[u8]) -> usize,
    print_item: impl Fn(&[u8], &mut Vec<u8>) -> Range,
    out: &mut Vec<u8>,
) -> Range {
    if canonical_list(text, canonical) == Look::Canonical {
        out.extend_from_slice(text);
        return Range::Kept;
    }
    let mut range = Range::Kept;
    for (n, item) in text.split(|b| *b == b',').enumerate() {
        if n > 0 {
            out.push(b',');
        }
        if print_item(item, out) == Range::Exceeded {
            range = Range::Exceeded;
        }
    }
    range
}

/// What stands behind the number is dropped, what is none is missing.
fn print_integer_item(item: &[u8], out: &mut Vec<u8>) -> Range {
    let number = integer_prefix(item);
    match number.value {
        Some(value) => print_integer(i64::from(value), out),
        None => out.push(b'.'),
    }
    if number.value.is_none() && number.length > 0 {
        Range::Exceeded
    } else {
        Range::Kept
    }
}

fn print_float_item(item: &[u8], float: PrintFloat, out: &mut Vec<u8>) -> Range {
    match float_prefix(item).value {
        Some(value) => float(value, out),
        None => out.push(b'.'),
    }
    Range::Kept
}
