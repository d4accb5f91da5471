//! `-a` and `-A`: taking out ALT alleles, and with them their values in INFO and FORMAT fields of
//! Number A, R and G. Local alleles (VCF 4.5 LAA) and tandem repeats are left to bcftools.

mod calls;
mod values;

use std::collections::BTreeSet;

use crate::error::{Error, ErrorKind};
use crate::header::{Header, Number, Type, Version};
use crate::record::{Genotype, InfoFields, Record, RecordError, subfield};

use super::scratch::Trimmed;
use values::{Alleles, Outcome};

/// What alleles are taken out by.
pub(super) struct Cut<'h> {
    /// That of the record.
    pub header: &'h Header,
    pub version: Version,
    /// The columns before samples were taken out; how wide they are decides whether a tag without values stays.
    pub all_samples: Option<&'h [u8]>,
}

/// Declines what only bcftools decides.
pub(super) fn check(header: &Header) -> Result<(), Error> {
    let decline = |what: &str| {
        Err(ErrorKind::Declined(format!("-a and -A in a file that declares {what}")).into())
    };
    for line in header.lines() {
        let number = line.attribute(b"Number").unwrap_or_default();
        let id = line.attribute(b"ID").unwrap_or_default();
        match line.key() {
            b"FORMAT" if id == b"LAA" || matches!(number, b"LA" | b"LR" | b"LG") => {
                return decline("local alleles");
            }
            b"ALT" if id == b"CNV:TR" => return decline("tandem repeats"),
            _ => {}
        }
    }
    Ok(())
}

/// Takes out the ALT alleles that no genotype names; leaves sites without GT alone.
pub(super) fn uncalled<'r>(
    record: Record<'r>,
    cut: &Cut<'_>,
    out: &'r mut Trimmed,
) -> Result<Record<'r>, RecordError> {
    let Some(index) = record.format_index(b"GT") else {
        return Ok(record);
    };
    let count = record.allele_count();
    let mut called = BTreeSet::new();
    for column in record.columns() {
        let text = subfield(column, index).unwrap_or(b".");
        for allele in Genotype::new(text, cut.version) {
            let Some(allele) = allele.index else {
                continue;
            };
            if allele as usize >= count {
                return Err(RecordError::Inconsistent(format!(
                    "GT names allele {allele}, the record has {count}"
                )));
            }
            called.insert(allele as usize);
        }
    }
    remove(record, cut, out, |allele| !called.contains(&allele))
}

/// Takes out the first allele that stands for those not seen.
pub(super) fn unseen<'r>(
    record: Record<'r>,
    cut: &Cut<'_>,
    out: &'r mut Trimmed,
) -> Result<Record<'r>, RecordError> {
    let place = record
        .alts()
        .position(|alt| matches!(alt, b"<*>" | b"<NON_REF>" | b"<X>"));
    match place {
        Some(place) => remove(record, cut, out, |allele| allele == place + 1),
        None => Ok(record),
    }
}

fn remove<'r>(
    record: Record<'r>,
    cut: &Cut<'_>,
    out: &'r mut Trimmed,
    removed: impl Fn(usize) -> bool,
) -> Result<Record<'r>, RecordError> {
    let alleles = Alleles::new(record.allele_count(), removed);
    if alleles.keeps_all() {
        return Ok(record);
    }
    out.alternates.clear();
    for (n, alt) in record.alts().enumerate() {
        if alleles.new_index(n + 1).is_some() {
            if !out.alternates.is_empty() {
                out.alternates.push(b',');
            }
            out.alternates.extend_from_slice(alt);
        }
    }
    if out.alternates.is_empty() {
        out.alternates.push(b'.');
    }
    trim_info(&record, cut.header, &alleles, &mut out.info)?;
    let format = calls::trim(&record, cut, &alleles, &mut out.samples)?;
    Ok(Record {
        alternates: &out.alternates,
        info: &out.info,
        format: match format {
            calls::Format::Unchanged => record.format,
            calls::Format::Rewritten(end) => Some(&out.samples[..end]),
        },
        samples: match format {
            calls::Format::Unchanged => record.samples,
            calls::Format::Rewritten(end) => Some(&out.samples[end + 1..]),
        },
        ..record
    })
}

fn trim_info(
    record: &Record<'_>,
    header: &Header,
    alleles: &Alleles,
    out: &mut Vec<u8>,
) -> Result<(), RecordError> {
    out.clear();
    for (key, value) in InfoFields::new(record.info) {
        let start = out.len();
        if start > 0 {
            out.push(b';');
        }
        out.extend_from_slice(key);
        let Some(value) = value else {
            continue;
        };
        out.push(b'=');
        let definition = header.info(key).filter(|d| d.kind != Type::Flag);
        let number = definition.map_or(Number::Unknown, |d| d.number);
        let multiple = match (number, key) {
            (Number::Unknown, b"CICN" | b"CIEND" | b"CILEN" | b"CIPOS") => 2,
            (Number::Unknown, b"MEINFO" | b"METRANS") => 4,
            _ => 1,
        };
        let number = if multiple > 1 && definition.is_some() {
            Number::Alternate
        } else {
            number
        };
        match alleles.info_values(number, multiple, value, out) {
            Outcome::Kept => {}
            Outcome::Empty => out.truncate(start),
            Outcome::Mismatch { expected, found } => {
                return Err(RecordError::Field {
                    column: format!("INFO/{}", String::from_utf8_lossy(key)),
                    reason: format!("{found} values where the alleles ask for {expected}"),
                });
            }
        }
    }
    if out.is_empty() {
        out.push(b'.');
    }
    Ok(())
}
