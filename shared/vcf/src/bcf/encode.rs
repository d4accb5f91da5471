//! A line of text as a record. Lines are those the engine prints: complete and in canonical form, floats with as many
//! digits as they need.

use super::columns::Columns;
use super::fields::in_column;
use super::numbering::Numbering;
use super::write;
use crate::header::{Header, Type};
use crate::number::{float_prefix, integer_prefix, quality};
use crate::record::{Record, RecordError};

/// Encodes the records of one file; keep one per thread.
pub struct Encoder<'n> {
    numbering: &'n Numbering,
    header: &'n Header,
    columns: Columns,
    integers: Vec<i32>,
    floats: Vec<u32>,
    /// The scaffold of the record before, and its number.
    contig: (Vec<u8>, i32),
}

impl<'n> Encoder<'n> {
    /// For records of the header that the numbering was made of.
    #[must_use]
    pub fn new(numbering: &'n Numbering, header: &'n Header) -> Self {
        Self {
            numbering,
            header,
            columns: Columns::default(),
            integers: Vec::new(),
            floats: Vec::new(),
            contig: (Vec::new(), -1),
        }
    }

    /// Appends the record.
    ///
    /// # Errors
    /// If it holds more than BCF can. Declines what names are not declared in the header, for which BCF has no number.
    pub fn encode(&mut self, record: &Record<'_>, out: &mut Vec<u8>) -> Result<(), RecordError> {
        let mut columns = std::mem::take(&mut self.columns);
        let numbering = self.numbering;
        let encoded = self.encode_with(record, out, |out| match (record.format, record.samples) {
            (Some(format), Some(samples)) if format != b"." && numbering.samples > 0 => {
                columns.encode(format, samples, numbering, out)
            }
            _ => Ok(0),
        });
        self.columns = columns;
        encoded
    }

    /// Appends the record with what `samples` appends, which returns the number of tags.
    ///
    /// # Errors
    /// As [`Self::encode`], and as `samples` has them.
    pub fn encode_with(
        &mut self,
        record: &Record<'_>,
        out: &mut Vec<u8>,
        samples: impl FnOnce(&mut Vec<u8>) -> Result<u32, RecordError>,
    ) -> Result<(), RecordError> {
        let start = out.len();
        out.extend_from_slice(&[0; 8]);
        self.fixed(record, out)?;
        let counts = out.len();
        out.extend_from_slice(&[0; 8]);
        write::text(if record.id == b"." { b"" } else { record.id }, out);
        record.alleles().for_each(|allele| write::text(allele, out));
        self.filter(record, out)?;
        let info = self.info(record, out)?;
        let shared = out.len() - start - 8;
        let tags = samples(out)?;
        let alleles = count("ALT", record.allele_count(), usize::from(u16::MAX))?;
        let samples = count("samples", self.numbering.samples, (1 << 24) - 1)?;
        put(out, counts, alleles << 16 | info);
        put(out, counts + 4, tags << 24 | samples);
        let individual = out.len() - start - 8 - shared;
        put(out, start, count("length", shared, u32::MAX as usize)?);
        put(
            out,
            start + 4,
            count("length", individual, u32::MAX as usize)?,
        );
        Ok(())
    }

    /// How many bases of the reference a record covers, as it says of itself.
    pub(crate) fn reference_length(&self, record: &Record<'_>) -> u64 {
        record.reference_length(self.header)
    }

    /// CHROM, POS, the length on the reference, and QUAL.
    fn fixed(&mut self, record: &Record<'_>, out: &mut Vec<u8>) -> Result<(), RecordError> {
        if self.contig.0 != record.chrom || self.contig.1 < 0 {
            let number = self.numbering.contig(record.chrom);
            let number = number.ok_or_else(|| undeclared("CHROM", record.chrom))?;
            self.contig = (record.chrom.to_vec(), number);
        }
        out.extend_from_slice(&self.contig.1.to_le_bytes());
        let pos = i32::try_from(record.start());
        let pos =
            pos.map_err(|_| in_column("POS")("it is beyond 2147483647, which BCF ends at"))?;
        out.extend_from_slice(&pos.to_le_bytes());
        let length = self.reference_length(record);
        out.extend_from_slice(&i32::try_from(length).unwrap_or(i32::MAX).to_le_bytes());
        let quality = write::float_bits(quality(record.quality));
        out.extend_from_slice(&quality.to_le_bytes());
        Ok(())
    }

    fn filter(&mut self, record: &Record<'_>, out: &mut Vec<u8>) -> Result<(), RecordError> {
        self.integers.clear();
        for name in record.filters() {
            let tag = self.numbering.tag(name);
            let tag = tag.ok_or_else(|| undeclared("FILTER", name))?;
            self.integers.push(tag.number);
        }
        write::integers(&self.integers, out);
        Ok(())
    }

    /// Returns the number of tags.
    fn info(&mut self, record: &Record<'_>, out: &mut Vec<u8>) -> Result<u32, RecordError> {
        let mut tags = 0;
        for (key, value) in record.info_fields() {
            let tag = self.numbering.tag(key);
            let tag = tag.ok_or_else(|| undeclared("INFO", key))?;
            let declared = tag.info.ok_or_else(|| undeclared("INFO", key))?;
            tags += 1;
            write::integer(tag.number, out);
            match (declared, value) {
                (_, None) => out.push(0),
                (Type::String | Type::Flag, Some(text)) => write::text(text, out),
                (Type::Integer, Some(text)) => {
                    self.integers.clear();
                    let items = text.split(|byte| *byte == b',');
                    let value = |item: &[u8]| integer_prefix(item).value.unwrap_or(write::MISSING);
                    self.integers.extend(items.map(value));
                    write::integers(&self.integers, out);
                }
                (Type::Float, Some(text)) => {
                    self.floats.clear();
                    let items = text.split(|byte| *byte == b',');
                    let bits = |item: &[u8]| write::float_bits(float_prefix(item).value);
                    self.floats.extend(items.map(bits));
                    write::floats(&self.floats, out);
                }
            }
        }
        count("INFO", tags, usize::from(u16::MAX))
    }
}

/// Names what has no number. bcftools declares it once the header is written: it ends with an error if the first record
/// that has it is written, and writes records that nobody can read if that one was filtered out.
pub(super) fn undeclared(column: &str, name: &[u8]) -> RecordError {
    let name = String::from_utf8_lossy(name);
    RecordError::Declined(format!(
        "column {column}: {name:?} is not declared in the header, and BCF has no number for it"
    ))
}

pub(super) fn count(column: &str, found: usize, most: usize) -> Result<u32, RecordError> {
    match u32::try_from(found) {
        Ok(fits) if found <= most => Ok(fits),
        _ => Err(RecordError::Field {
            column: column.to_owned(),
            reason: format!("{found} are more than BCF can hold"),
        }),
    }
}

fn put(out: &mut [u8], at: usize, value: u32) {
    out[at..at + 4].copy_from_slice(&value.to_le_bytes());
}
