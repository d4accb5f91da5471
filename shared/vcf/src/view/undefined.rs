//! Tags that no header line declares: bcftools refuses them where samples are taken out.

use crate::header::Header;
use crate::record::{Record, RecordError};

pub(super) fn check(header: &Header, record: &Record<'_>) -> Result<(), RecordError> {
    let undefined = |column, tag: &[u8]| {
        Err(RecordError::Undefined {
            column,
            tag: String::from_utf8_lossy(tag).into_owned(),
        })
    };
    if header.contig_index(record.chrom).is_none() {
        return undefined("CHROM", record.chrom);
    }
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
