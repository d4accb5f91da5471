//! How many bases of the reference a record covers. bcftools 1.24 has two answers, which differ by a
//! base for symbolic alleles: one for indexes, one for regions and targets.

use crate::header::{Header, Type};
use crate::number::integer_prefix;
use crate::record::{Record, subfield};

impl Record<'_> {
    /// Bases covered as regions and targets count them: REF, INFO/END, INFO/SVLEN of symbolic
    /// alleles that lie on the reference, FORMAT/LEN of reference blocks, whichever is longest.
    #[must_use]
    pub fn reference_length(&self, header: &Header) -> u64 {
        let declared = |key: &[u8]| header.info(key).is_some_and(|d| d.kind == Type::Integer);
        let mut length = (self.reference.len() as u64).max(1);
        if self.may_have_end()
            && declared(b"END")
            && let Some(Some(text)) = self.info_value(b"END")
            && let Some(end) = integer_prefix(text).value
            && !text.contains(&b',')
        {
            length = length.max(i64::from(end).saturating_sub(self.start()).max(0) as u64);
        }
        if memchr::memchr(b'<', self.alternates).is_none() {
            return length;
        }
        if self.alts().any(lies_on_reference)
            && declared(b"SVLEN")
            && let Some(longest) = self.structural_length()
            && longest > 0
        {
            length = length.max(longest + 1);
        }
        if header
            .format("LEN")
            .is_some_and(|d| d.kind == Type::Integer)
        {
            length = length.max(self.block_length());
        }
        length
    }

    /// Where the record ends, 0-based and exclusive, as an index of the text counts it.
    #[must_use]
    pub fn index_end(&self) -> u64 {
        let start = self.start().max(0) as u64;
        let mut length = self.reference.len() as u64;
        let mut end = 0;
        if self.may_have_end()
            && let Some(Some(text)) = self.info_value(b"END")
            && let Some(value) = integer_prefix(text).value
        {
            end = u64::try_from(value).unwrap_or(0);
        }
        if memchr::memmem::find(self.info, b"SVLEN=").is_some()
            && let Some(longest) = self.structural_length()
        {
            length = length.max(longest.max(1));
        }
        if memchr::memchr(b'<', self.alternates).is_some() {
            length = length.max(self.block_length());
        }
        end.max(start + length).max(1)
    }

    /// Whether INFO/END is worth looking for.
    fn may_have_end(&self) -> bool {
        self.info.starts_with(b"END=") || memchr::memmem::find(self.info, b"END=").is_some()
    }

    /// POS, 0-based; -1 for the telomere.
    #[must_use]
    pub fn start(&self) -> i64 {
        self.pos as i64 - 1
    }

    /// The longest |SVLEN| of an allele that lies on the reference.
    fn structural_length(&self) -> Option<u64> {
        let text = self.info_value(b"SVLEN")??;
        let longest = text
            .split(|b| *b == b',')
            .zip(self.alts())
            .filter(|(_, alt)| lies_on_reference(alt))
            .filter_map(|(value, _)| integer_prefix(value).value)
            .map(|value| u64::from(value.unsigned_abs()))
            .max();
        Some(longest.unwrap_or(0))
    }

    /// The longest FORMAT/LEN, if there is a reference block's allele.
    fn block_length(&self) -> u64 {
        if !self.alts().any(|alt| alt == b"<*>" || alt == b"<NON_REF>") {
            return 0;
        }
        let Some(index) = self.format_index(b"LEN") else {
            return 0;
        };
        self.columns()
            .filter_map(|column| integer_prefix(subfield(column, index)?).value)
            .map(|value| u64::try_from(value).unwrap_or(0))
            .max()
            .unwrap_or(0)
    }
}

/// Whether SVLEN of this allele counts bases of the reference (VCF 4.5 §3).
fn lies_on_reference(alt: &[u8]) -> bool {
    matches!(alt, [b'<', a, b, c, b'>' | b':', ..]
        if matches!(&[*a, *b, *c], b"CNV" | b"DEL" | b"DUP" | b"INV"))
        && alt.ends_with(b">")
}
