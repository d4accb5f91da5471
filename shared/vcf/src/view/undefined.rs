//! Tags that no header line declares: bcftools refuses them where samples are taken out, unless it has met them in a
//! record before that was passed over.

use std::collections::HashSet;

use super::SiteKnown;
use crate::header::Header;
use crate::record::{Record, RecordError};

/// Scaffolds of records that were passed over; `None` where none can be.
pub(super) type Met = Option<HashSet<Vec<u8>>>;

/// Notes a record that is passed over before it is checked.
pub(super) fn pass_over(record: &Record<'_>, met: &mut Met) {
    if let Some(met) = met
        && !met.contains(record.chrom)
    {
        met.insert(record.chrom.to_vec());
    }
}

/// As [`check`], where records may have been passed over: only their scaffolds are known, so that an undeclared tag
/// leaves the question to bcftools.
pub(super) fn check_after(
    header: &Header,
    record: &Record<'_>,
    met: &Met,
    site: SiteKnown,
) -> Result<(), RecordError> {
    let is_met = || met.as_ref().is_some_and(|met| met.contains(record.chrom));
    let checked = match site {
        SiteKnown::Plain => return Ok(()),
        SiteKnown::Declared if is_met() => return Ok(()),
        SiteKnown::Declared => check_scaffold(header, record),
        SiteKnown::Nothing if is_met() => check_tags(header, record),
        SiteKnown::Nothing => check(header, record),
    };
    checked.map_err(|error| match error {
        RecordError::Undefined { column, .. } if column != "CHROM" && met.is_some() => {
            RecordError::Declined(error.to_string())
        }
        error => error,
    })
}

pub(super) fn check(header: &Header, record: &Record<'_>) -> Result<(), RecordError> {
    check_scaffold(header, record)?;
    check_tags(header, record)
}

fn check_scaffold(header: &Header, record: &Record<'_>) -> Result<(), RecordError> {
    match header.contig_index(record.chrom) {
        Some(_) => Ok(()),
        None => undefined("CHROM", record.chrom),
    }
}

pub(super) fn undefined(column: &'static str, tag: &[u8]) -> Result<(), RecordError> {
    Err(RecordError::Undefined {
        column,
        tag: String::from_utf8_lossy(tag).into_owned(),
    })
}

fn check_tags(header: &Header, record: &Record<'_>) -> Result<(), RecordError> {
    for name in record.filters() {
        if !header.has_tag(name) {
            return undefined("FILTER", name);
        }
    }
    for (key, _) in record.info_fields() {
        if header.info(key).is_none() {
            return undefined("INFO", key);
        }
    }
    if !header.samples().is_empty() {
        for key in record.format_keys() {
            if header.format(key).is_none() {
                return undefined("FORMAT", key);
            }
        }
    }
    Ok(())
}
