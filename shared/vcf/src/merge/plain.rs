//! Blocks of which a piece is printed as it was read, but for POS, the base and INFO/END: nearly all of a gVCF file.
//! They cost no merging.

use std::ops::Range;

use super::genotype::count;
use crate::header::Header;
use crate::record::Record;

/// What is copied of a block that has no ID, QUAL, FILTER, and in INFO nothing but END; places are those in its line.
pub(super) struct Plain {
    alternate: Range<usize>,
    format: Range<usize>,
    samples: Range<usize>,
    /// How often REF and ALT are called; none if there are no genotypes.
    counts: Option<[u64; 2]>,
}

/// The FORMAT of plain blocks that was looked at last: that of nearly all.
#[derive(Debug, Clone, Default)]
pub(super) struct PlainFormat {
    text: Vec<u8>,
    has_genotypes: bool,
}

impl PlainFormat {
    /// Whether a FORMAT has genotypes; `None` if blocks that have it are not plain.
    fn has_genotypes(&mut self, record: &Record<'_>, header: &Header) -> Option<bool> {
        let format = record.format?;
        if self.text == format && !format.is_empty() {
            return Some(self.has_genotypes);
        }
        let mut keys: Vec<&[u8]> = record.format_keys().collect();
        let genotypes = record.format_index(b"GT");
        if genotypes.is_some_and(|place| place > 0)
            || keys.iter().any(|key| header.format(key).is_none())
        {
            return None;
        }
        keys.sort_unstable();
        if keys.windows(2).any(|pair| pair[0] == pair[1]) {
            return None;
        }
        self.text.clear();
        self.text.extend_from_slice(format);
        self.has_genotypes = genotypes.is_some();
        Some(self.has_genotypes)
    }
}

impl Plain {
    /// Of a record and the line that it is; `None` if more would have to be done than copying. `known` is of the same
    /// header.
    pub(super) fn of(
        record: &Record<'_>,
        text: &[u8],
        header: &Header,
        known: &mut PlainFormat,
    ) -> Option<Self> {
        let empty = [record.id, record.quality, record.filter];
        let (format, samples) = (record.format?, record.samples?);
        let is_end = record.info.starts_with(b"END=") && !record.info.contains(&b';');
        if !is_end || empty.iter().any(|column| *column != b".") {
            return None;
        }
        if record.reference.len() != 1 || record.alternates.contains(&b',') {
            return None;
        }
        let has_genotypes = known.has_genotypes(record, header)?;
        let mut counts = [0; 2];
        if has_genotypes {
            for column in record.columns() {
                count(column, 2, &mut counts)?;
            }
        }
        let place = |part: &[u8]| {
            let start = (part.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
            text.get(start..start + part.len())?;
            Some(start..start + part.len())
        };
        Some(Self {
            alternate: place(record.alternates)?,
            format: place(format)?,
            samples: place(samples)?,
            counts: has_genotypes.then_some(counts),
        })
    }

    /// ALT in the line.
    pub(super) fn alternate<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        &text[self.alternate.clone()]
    }

    /// FORMAT in the line.
    pub(super) fn format<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        &text[self.format.clone()]
    }

    /// All sample columns in the line.
    pub(super) fn samples<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        &text[self.samples.clone()]
    }

    /// How often REF and ALT are called; `None` without genotypes.
    pub(super) fn counts(&self) -> Option<[u64; 2]> {
        self.counts
    }
}
