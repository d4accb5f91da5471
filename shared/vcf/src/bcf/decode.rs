//! A record as a line of text. Values come out as `bcftools view` prints them. Where expressions are to see the values that
//! were stored, floats keep as many digits as they need.

use super::bytes::{Bytes, Kind, Within, unbroken};
use super::chosen::{self, Chosen, Take};
use super::dictionary::Dictionary;
use super::fields::{check_kind, in_column};
use super::frame::Frame;
use super::print::{self, Floats};
use super::samples;
use crate::limits::LINE_MAX_BYTES;
use crate::number::{Digits, print_integer};
use crate::record::RecordError;

/// What there is to know of printed columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Whether some float has more than six digits.
    pub digits: Digits,
    /// Whether nothing is left to be done for who prints lines in canonical form, long floats aside.
    pub form: Form,
}

/// Whether columns are in canonical form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// They are.
    Canonical,
    /// They may not be: something is empty, undeclared or named twice.
    Doubtful,
}

impl Form {
    /// That of columns together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Canonical, Self::Canonical) => Self::Canonical,
            _ => Self::Doubtful,
        }
    }
}

/// Appends the line of a whole record, with a line feed; floats have the digits that they need.
///
/// # Errors
/// If it is malformed, names what the header does not, or stores values in a type that the header does not declare.
pub fn decode(
    record: &[u8],
    dictionary: &Dictionary,
    out: &mut Vec<u8>,
) -> Result<(), RecordError> {
    let frame = Frame::new(record)?;
    frame.print_site(dictionary, Digits::AsNeeded, out)?;
    frame.print_samples(dictionary, Digits::AsNeeded, None, out)?;
    out.push(b'\n');
    Ok(())
}

impl Frame<'_> {
    /// Appends CHROM to INFO.
    ///
    /// # Errors
    /// As [`decode`].
    pub fn print_site(
        &self,
        dictionary: &Dictionary,
        digits: Digits,
        out: &mut Vec<u8>,
    ) -> Result<Look, RecordError> {
        let start = out.len();
        let mut floats = Floats::new(digits);
        let mut site = self.site;
        out.extend_from_slice(self.scaffold(dictionary)?);
        out.push(b'\t');
        print_integer(self.pos() as i64, out);
        out.push(b'\t');
        let named = alleles(self, &mut site, &mut floats, out)?;
        filter(&mut site, dictionary, out)?;
        let described = info(&mut site, self.info, dictionary, start, &mut floats, out)?;
        check_length(start, out)?;
        Ok(Look {
            digits: floats.seen,
            form: named.and(described),
        })
    }

    /// Appends FORMAT and the sample columns, each behind a tab: all of them, or these, 0-based. Nothing if the header
    /// names no samples.
    ///
    /// # Errors
    /// As [`decode`].
    pub fn print_samples(
        &self,
        dictionary: &Dictionary,
        digits: Digits,
        columns: Option<&[usize]>,
        out: &mut Vec<u8>,
    ) -> Result<Look, RecordError> {
        let start = out.len();
        let mut floats = Floats::new(digits);
        let mut form = Form::Canonical;
        if dictionary.samples > 0 {
            form = samples::print(self, dictionary, columns, &mut floats, out)?;
        }
        check_length(start, out)?;
        Ok(Look {
            digits: floats.seen,
            form,
        })
    }

    /// Takes the values of these columns, 0-based, as they are stored, all or those of genotypes alone. Says in what form the
    /// columns would be printed.
    ///
    /// # Errors
    /// As [`decode`].
    pub fn choose_samples(
        &self,
        dictionary: &Dictionary,
        columns: &[usize],
        take: Take,
        chosen: &mut Chosen,
    ) -> Result<Form, RecordError> {
        chosen::choose(self, dictionary, columns, take, chosen)
    }

    /// Looks whether the values of samples are such as can be printed, and whether they are those of the header's samples.
    ///
    /// # Errors
    /// As [`decode`].
    pub fn check_samples(&self, dictionary: &Dictionary) -> Result<Form, RecordError> {
        samples::check(self, dictionary)
    }
}

/// ID to QUAL, each with the tab behind it.
fn alleles(
    frame: &Frame<'_>,
    site: &mut Bytes<'_>,
    floats: &mut Floats,
    out: &mut Vec<u8>,
) -> Result<Form, RecordError> {
    let id = site.text().map_err(in_column("ID"))?;
    out.extend_from_slice(if id.is_empty() { b"." } else { id });
    out.push(b'\t');
    let mut form = Form::Canonical;
    let mut allele = |site: &mut Bytes<'_>, column: &str, out: &mut Vec<u8>| {
        let text = site.text().map_err(in_column(column))?;
        unbroken(text, Within::Alleles).map_err(in_column(column))?;
        if text.is_empty() {
            form = Form::Doubtful;
        }
        out.extend_from_slice(text);
        Ok::<_, RecordError>(())
    };
    match frame.alleles {
        0 => out.push(b'.'),
        _ => allele(site, "REF", out)?,
    }
    out.push(b'\t');
    if frame.alleles < 2 {
        out.push(b'.');
    }
    for n in 1..frame.alleles {
        if n > 1 {
            out.push(b',');
        }
        allele(site, "ALT", out)?;
    }
    out.push(b'\t');
    floats.print(frame.quality.to_bits(), out);
    out.push(b'\t');
    Ok(form)
}

fn filter(
    site: &mut Bytes<'_>,
    dictionary: &Dictionary,
    out: &mut Vec<u8>,
) -> Result<(), RecordError> {
    let wrong = in_column("FILTER");
    let filters = site.typed().map_err(&wrong)?;
    if filters.count == 0 || filters.kind == Kind::Null {
        out.push(b'.');
        return Ok(());
    }
    if !filters.kind.is_integer() {
        return Err(wrong("it is no list of numbers"));
    }
    let begin = out.len();
    for (n, bytes) in filters.data.chunks_exact(filters.kind.size()).enumerate() {
        let number = match bytes {
            [byte] => i32::from(*byte as i8),
            [a, b] => i32::from(i16::from_le_bytes([*a, *b])),
            _ => Bytes(bytes).i32().map_err(&wrong)?,
        };
        let tag = dictionary.tag(number);
        let tag = tag.ok_or_else(|| wrong("the header has no filter of its number"))?;
        if n > 0 {
            out.push(b';');
        }
        out.extend_from_slice(&tag.name);
        check_length(begin, out)?;
    }
    Ok(())
}

fn info(
    site: &mut Bytes<'_>,
    count: usize,
    dictionary: &Dictionary,
    start: usize,
    floats: &mut Floats,
    out: &mut Vec<u8>,
) -> Result<Form, RecordError> {
    let mut form = Form::Canonical;
    out.push(b'\t');
    if count == 0 {
        out.push(b'.');
    }
    for n in 0..count {
        let key = site.integer().map_err(in_column("INFO"))?;
        let tag = dictionary.tag(key);
        let tag = tag.ok_or_else(|| in_column("INFO")("the header has no tag of its number"))?;
        let value = site.typed().map_err(in_column(&tag.name))?;
        check_kind("INFO", &tag.name, tag.info, value.kind)?;
        if n > 0 {
            out.push(b';');
        }
        out.extend_from_slice(&tag.name);
        if value.count > 0 && value.kind != Kind::Null {
            out.push(b'=');
            let before = out.len();
            print::values(value, floats, out).map_err(in_column(&tag.name))?;
            if value.kind == Kind::Char {
                unbroken(&out[before..], Within::Info).map_err(in_column(&tag.name))?;
            }
            if out.len() == before {
                form = Form::Doubtful;
            }
        }
        if tag.info.is_none() {
            form = Form::Doubtful;
        }
        check_length(start, out)?;
    }
    Ok(form)
}

/// Names are repeated by number, so few bytes can stand for a long text.
fn check_length(start: usize, out: &[u8]) -> Result<(), RecordError> {
    if out.len() - start <= LINE_MAX_BYTES {
        return Ok(());
    }
    let reason = format!("as text it is longer than {} MiB", LINE_MAX_BYTES >> 20);
    Err(RecordError::Inconsistent(reason))
}
