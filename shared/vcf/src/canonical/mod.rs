//! Records printed to the byte as bcftools 1.24 prints them. Bytes that are already in that form are
//! copied, never parsed. Changes no values.

mod column;
mod format;
mod noticed;
mod scan;
mod site;
mod subfields;
mod visit;

use std::sync::Arc;

use crate::header::{Header, Line, Version};
use crate::notices::{Column, Matter, Notices};
use crate::number::{print_float, print_float_exactly};
use crate::record::{Record, RecordError};

pub(crate) use column::without_last_colon;
use format::FormatPlan;
use noticed::Noticed;
pub(crate) use visit::{DepthField, Fields, Visitor};

/// How texts of samples that are empty are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EmptyTexts {
    /// As bcftools does with those that it read from a line: as nothing where texts of other samples made room for more
    /// than one byte, else as a dot. At the end of a line they are missing.
    ByWidth,
    AsTheyAre,
}

/// How floats are printed.
type PrintFloat = fn(f32, &mut Vec<u8>);

/// How values of samples are printed.
#[derive(Clone, Copy)]
struct Form {
    version: Version,
    float: PrintFloat,
    empty: EmptyTexts,
}

/// How floats of a site are printed.
#[derive(Clone, Copy)]
struct Floats<'h> {
    print: PrintFloat,
    /// INFO tags whose floats are printed with all digits that they need.
    computed: &'h [Vec<u8>],
}

impl Floats<'_> {
    fn of_info(self, tag: &[u8]) -> PrintFloat {
        match self.computed.iter().any(|computed| computed == tag) {
            true => print_float_exactly,
            false => self.print,
        }
    }
}

/// Prints records of one header; keep one per thread.
pub struct Canonicalizer<'h> {
    header: &'h Header,
    format: FormatPlan,
    notices: Noticed,
    form: Form,
    is_exact: bool,
    /// INFO tags that are computed with.
    computed: &'h [Vec<u8>],
    /// The scaffold of the record before.
    scaffold: Option<Vec<u8>>,
    /// FILTER of the record before.
    filter: Vec<u8>,
}

impl<'h> Canonicalizer<'h> {
    /// For records that have the samples of this header.
    #[must_use]
    pub fn new(header: &'h Header) -> Self {
        Self {
            header,
            format: FormatPlan::default(),
            notices: Noticed::default(),
            form: Form {
                version: header.version(),
                float: print_float,
                empty: EmptyTexts::ByWidth,
            },
            is_exact: false,
            computed: &[],
            scaffold: None,
            filter: b".".to_vec(),
        }
    }

    /// Notes what is worth a warning.
    #[must_use]
    pub fn noting(mut self, notices: &Arc<Notices>) -> Self {
        self.notices = Noticed::tell(notices);
        self
    }

    /// Prints floats with all digits that they need, for who reads them again.
    #[must_use]
    pub(crate) fn exact(mut self, exact: bool) -> Self {
        if exact {
            self.form.float = print_float_exactly;
            self.is_exact = true;
        }
        self
    }

    /// For lines that were records of BCF: what is empty in their sample columns is to be printed so.
    #[must_use]
    pub(crate) fn of_bcf(mut self, is_bcf: bool) -> Self {
        if is_bcf {
            self.form.empty = EmptyTexts::AsTheyAre;
        }
        self
    }

    /// Prints floats of these INFO tags with all digits that they need, whatever becomes of others.
    #[must_use]
    pub(crate) fn computed(mut self, tags: &'h [Vec<u8>]) -> Self {
        self.computed = tags;
        self
    }

    /// Whether there are such tags.
    pub(crate) fn computes(&self) -> bool {
        !self.computed.is_empty()
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
        self.run(record, whole, out, &mut ())
    }

    /// As [`Self::print`], but with FORMAT and sample columns as they are given, each behind a tab.
    ///
    /// # Errors
    /// As [`Self::print`], and as `samples` has them.
    pub(crate) fn print_with(
        &mut self,
        record: &Record<'_>,
        out: &mut Vec<u8>,
        samples: impl FnOnce(&mut Vec<u8>) -> Result<(), RecordError>,
    ) -> Result<(), RecordError> {
        self.check_names(record)?;
        self.print_site(record, out, &mut ());
        samples(out)?;
        out.push(b'\n');
        Ok(())
    }

    /// As [`Self::print_part`], for a record the site of which was printed already, and changed in INFO alone since: `site` is the line of `whole` as far as INFO at least.
    ///
    /// # Errors
    /// If a value of a sample is malformed in a way bcftools refuses, or sample columns do not match the header.
    pub(crate) fn print_plain(
        &mut self,
        site: &[u8],
        record: &Record<'_>,
        whole: &Record<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), RecordError> {
        out.extend_from_slice(&site[..whole.before_info()]);
        out.extend_from_slice(record.info);
        let samples = self.header.samples().len();
        if samples > 0 {
            self.print_samples(record, whole, samples, out, &mut ())?;
        }
        out.push(b'\n');
        Ok(())
    }

    /// Whether all floats are printed with six digits.
    pub(crate) fn prints_six_digits(&self) -> bool {
        !self.is_exact && !self.computes()
    }

    /// Judges a record as [`Self::print`] does, and tells the visitor of it. What is printed on the way goes to `scratch`.
    ///
    /// # Errors
    /// As [`Self::print`].
    pub(crate) fn check<V: Visitor>(
        &mut self,
        record: &Record<'_>,
        scratch: &mut Vec<u8>,
        visitor: &mut V,
    ) -> Result<(), RecordError> {
        scratch.clear();
        self.run(record, record, scratch, visitor)
    }

    fn run<V: Visitor>(
        &mut self,
        record: &Record<'_>,
        whole: &Record<'_>,
        out: &mut Vec<u8>,
        visitor: &mut V,
    ) -> Result<(), RecordError> {
        self.check_names(record)?;
        self.print_site(record, out, visitor);
        let samples = self.header.samples().len();
        if samples > 0 {
            self.print_samples(record, whole, samples, out, visitor)?;
        }
        out.push(b'\n');
        Ok(())
    }

    fn print_site<V: Visitor>(&self, record: &Record<'_>, out: &mut Vec<u8>, visitor: &mut V) {
        let floats = Floats {
            print: self.form.float,
            computed: self.computed,
        };
        site::print(self.header, record, &self.notices, floats, out, visitor);
    }

    /// Looks at CHROM and FILTER where they change.
    fn check_names(&mut self, record: &Record<'_>) -> Result<(), RecordError> {
        if self.scaffold.as_deref() != Some(record.chrom) {
            if self.header.contig_index(record.chrom).is_none() {
                if !Line::can_declare_contig(record.chrom) {
                    let scaffold = String::from_utf8_lossy(record.chrom);
                    return Err(RecordError::Field {
                        column: "CHROM".to_owned(),
                        reason: format!(
                            "{scaffold:?} is not declared in the header, and no header line can declare it; index \
                             the file"
                        ),
                    });
                }
                self.notices
                    .note(Column::Chrom, Matter::Undeclared, record.chrom);
            }
            let scaffold = self.scaffold.get_or_insert_default();
            scaffold.clear();
            scaffold.extend_from_slice(record.chrom);
        }
        if self.filter != record.filter {
            for name in record.filters().filter(|name| *name != b".") {
                if !self.header.has_tag(name) {
                    self.notices.note(Column::Filter, Matter::Undeclared, name);
                }
            }
            self.filter.clear();
            self.filter.extend_from_slice(record.filter);
        }
        Ok(())
    }

    fn print_samples<V: Visitor>(
        &mut self,
        record: &Record<'_>,
        whole: &Record<'_>,
        expected: usize,
        out: &mut Vec<u8>,
        visitor: &mut V,
    ) -> Result<(), RecordError> {
        let Some(format) = record.format else {
            return Err(RecordError::SampleColumns { found: 0, expected });
        };
        if format == b"." {
            out.extend(std::iter::repeat_n(*b"\t.", expected + 1).flatten());
            return Ok(());
        }
        let columns = record.samples.ok_or(RecordError::NoSampleColumns)?;
        self.format.prepare(format, self.header, &self.notices)?;
        visitor.fields(self.format.noted);
        out.push(b'\t');
        out.extend_from_slice(&self.format.text);
        out.push(b'\t');
        let widths = whole.samples.filter(|_| whole.format == record.format);
        let whole = widths.unwrap_or(columns);
        let found = column::print_all(
            &self.format,
            columns,
            whole,
            &self.notices,
            self.form,
            out,
            visitor,
        )?;
        if found == expected {
            Ok(())
        } else {
            Err(RecordError::SampleColumns { found, expected })
        }
    }
}

#[cfg(test)]
mod tests;
