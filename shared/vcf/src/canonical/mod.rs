//! Records printed to the byte as bcftools 1.24 prints them. Bytes that are already in that form are
//! copied, never parsed. Changes no values.

mod column;
mod format;
mod scan;
mod site;

use crate::header::{Header, Version};
use crate::record::{Record, RecordError};

use format::FormatPlan;

/// Prints records of one header; keep one per thread.
pub struct Canonicalizer<'h> {
    header: &'h Header,
    version: Version,
    format: FormatPlan,
}

impl<'h> Canonicalizer<'h> {
    /// For records that have the samples of this header.
    #[must_use]
    pub fn new(header: &'h Header) -> Self {
        Self {
            header,
            version: header.version(),
            format: FormatPlan::default(),
        }
    }

    /// Appends the record and a line feed to `out`.
    ///
    /// # Errors
    /// If a value is malformed in a way bcftools refuses, or sample columns do not match the header.
    pub fn print(&mut self, record: &Record<'_>, out: &mut Vec<u8>) -> Result<(), RecordError> {
        self.print_part(record, record, out)
    }

    /// As [`Self::print`], for a record out of which samples were taken: how wide text fields were in
    /// `whole` decides how bcftools prints those that are empty.
    ///
    /// # Errors
    /// As [`Self::print`].
    pub fn print_part(
        &mut self,
        record: &Record<'_>,
        whole: &Record<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), RecordError> {
        site::print(self.header, record, out);
        let samples = self.header.samples().len();
        if samples > 0 {
            self.print_samples(record, whole, samples, out)?;
        }
        out.push(b'\n');
        Ok(())
    }

    fn print_samples(
        &mut self,
        record: &Record<'_>,
        whole: &Record<'_>,
        expected: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), RecordError> {
        let Some(format) = record.format else {
            return Err(RecordError::SampleColumns { found: 0, expected });
        };
        if format == b"." {
            out.extend(std::iter::repeat_n(*b"\t.", expected + 1).flatten());
            return Ok(());
        }
        let columns = record.samples.ok_or(RecordError::NoSampleColumns)?;
        self.format.prepare(format, self.header)?;
        out.push(b'\t');
        out.extend_from_slice(self.format.text());
        out.push(b'\t');
        let widths = whole.samples.filter(|_| whole.format == record.format);
        let whole = widths.unwrap_or(columns);
        let found = column::print_all(&self.format, self.version, columns, whole, out)?;
        if found == expected {
            Ok(())
        } else {
            Err(RecordError::SampleColumns { found, expected })
        }
    }
}

#[cfg(test)]
mod tests;
