//! Sample columns.

use super::format::{FormatPlan, Kind};
use crate::header::Version;
use crate::number::{
    canonical_float, canonical_integer, float_prefix, integer_prefix, print_float, print_integer,
};
use crate::record::{Genotype, RecordError, subfield};

/// Prints all sample columns with tabs between them. Runs of canonical columns are copied in one go.
pub(super) fn print_all(
    plan: &FormatPlan,
    version: Version,
    columns: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), RecordError> {
    let mut copied = 0;
    let mut start = 0;
    let mut number = 1;
    loop {
        let length = canonical_column(plan.kinds(), &columns[start..]);
        let end = match length {
            Some(length) => start + length,
            None => {
                let rest = &columns[start..];
                let end = start + memchr::memchr(b'\t', rest).unwrap_or(rest.len());
                out.extend_from_slice(&columns[copied..start]);
                let printer = Printer {
                    plan,
                    version,
                    columns,
                    number,
                };
                printer.print(&columns[start..end], out)?;
                copied = end;
                end
            }
        };
        if end == columns.len() {
            out.extend_from_slice(&columns[copied..]);
            return Ok(());
        }
        start = end + 1;
        number += 1;
    }
}

/// The length of the column that `text` begins with, if it is canonical.
fn canonical_column(kinds: &[Kind], text: &[u8]) -> Option<usize> {
    let mut at = 0;
    let last = kinds.len() - 1;
    for (index, kind) in kinds.iter().enumerate() {
        let rest = &text[at..];
        at += match kind {
            Kind::Genotype => canonical_genotype(rest)?,
            Kind::Integer => canonical_values(rest, canonical_integer)?,
            Kind::Float => canonical_values(rest, canonical_float)?,
            Kind::String => {
                let length = memchr::memchr2(b':', b'\t', rest).unwrap_or(rest.len());
                if length == 0 {
                    return None;
                }
                length
            }
            Kind::Dropped => return None,
        };
        match text.get(at) {
            Some(b':') if index < last => at += 1,
            None | Some(b'\t') if index == last => {}
            _ => return None,
        }
    }
    Some(at)
}

#[inline]
fn canonical_values(text: &[u8], one: fn(&[u8]) -> usize) -> Option<usize> {
    let mut at = 0;
    loop {
        let length = one(&text[at..]);
        if length == 0 {
            return None;
        }
        at += length;
        if text.get(at) != Some(&b',') {
            return Some(at);
        }
        at += 1;
    }
}

#[inline]
fn canonical_genotype(text: &[u8]) -> Option<usize> {
    // By far the most common: two alleles of one digit.
    if let [a, b'/' | b'|', b, b':' | b'\t', ..] = text
        && (a.is_ascii_digit() || *a == b'.')
        && (b.is_ascii_digit() || *b == b'.')
    {
        return Some(3);
    }
    let mut at = 0;
    loop {
        let allele = &text[at..];
        if allele.first() == Some(&b'-') {
            return None;
        }
        let length = canonical_integer(allele);
        if length == 0 {
            return None;
        }
        at += length;
        match text.get(at) {
            Some(b'/' | b'|') => at += 1,
            _ => return Some(at),
        }
    }
}

/// The long way for one column.
struct Printer<'p> {
    plan: &'p FormatPlan,
    version: Version,
    columns: &'p [u8],
    number: usize,
}

impl Printer<'_> {
    fn print(&self, column: &[u8], out: &mut Vec<u8>) -> Result<(), RecordError> {
        let mut subfields = column.split(|b| *b == b':');
        let mut first = true;
        for (index, kind) in self.plan.kinds().iter().enumerate() {
            let text = subfields.next();
            if *kind == Kind::Dropped {
                continue;
            }
            if !first {
                out.push(b':');
            }
            first = false;
            match text {
                // Dropped trailing subfields are missing.
                None => out.push(b'.'),
                Some(text) => self.print_subfield(index, *kind, text, out)?,
            }
        }
        if subfields.next().is_some() {
            return Err(RecordError::TooManySubfields {
                sample: self.number,
            });
        }
        Ok(())
    }

    fn print_subfield(
        &self,
        index: usize,
        kind: Kind,
        text: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), RecordError> {
        let result = match kind {
            Kind::Genotype => self.print_genotype(text, out),
            Kind::Integer => print_integers(text, out),
            Kind::Float => print_floats(text, out),
            Kind::String => {
                if text.is_empty() {
                    self.print_empty_string(index, out);
                }
                out.extend_from_slice(text);
                Ok(())
            }
            Kind::Dropped => Ok(()),
        };
        result.map_err(|reason| RecordError::Subfield {
            sample: self.number,
            tag: String::from_utf8_lossy(self.plan.name(index)).into_owned(),
            reason,
        })
    }

    fn print_genotype(&self, text: &[u8], out: &mut Vec<u8>) -> Result<(), &'static str> {
        let mut genotype = Genotype::new(text, self.version);
        let start = out.len();
        let mut first = None;
        let mut unphased = false;
        let mut ploidy = 0;
        for allele in genotype.by_ref() {
            match first {
                None => first = Some(allele),
                Some(_) => {
                    out.push(if allele.phased { b'|' } else { b'/' });
                    unphased |= !allele.phased;
                }
            }
            match allele.index {
                Some(index) => print_integer(i64::from(index), out),
                None => out.push(b'.'),
            }
            ploidy += 1;
        }
        if genotype.is_malformed() {
            return Err("not a genotype");
        }
        // From VCF 4.4 on the phase of the first allele is written where it cannot be inferred.
        if self.version >= Version::PREFIXED_PHASE
            && let Some(first) = first
        {
            let prefix = match (first.phased, ploidy > 1) {
                (true, true) => unphased.then_some(b'|'),
                (true, false) => first.index.is_none().then_some(b'|'),
                (false, true) => (!unphased).then_some(b'/'),
                (false, false) => first.index.is_some().then_some(b'/'),
            };
            if let Some(prefix) = prefix {
                out.insert(start, prefix);
            }
        }
        Ok(())
    }

    /// bcftools prints an empty string as `.` if it is empty in all samples, else as nothing.
    fn print_empty_string(&self, index: usize, out: &mut Vec<u8>) {
        let longest = self
            .columns
            .split(|b| *b == b'\t')
            .filter_map(|column| subfield(column, index))
            .map(<[u8]>::len)
            .max();
        if longest.unwrap_or(0) < 2 {
            out.push(b'.');
        }
    }
}

fn print_integers(text: &[u8], out: &mut Vec<u8>) -> Result<(), &'static str> {
    let mut at = 0;
    loop {
        if text.get(at) == Some(&b'.') {
            out.push(b'.');
            at += 1;
        } else {
            let number = integer_prefix(&text[at..]);
            match number.value {
                Some(value) => print_integer(i64::from(value), out),
                None => out.push(b'.'),
            }
            at += number.length;
        }
        match text.get(at) {
            None => return Ok(()),
            Some(b',') => out.push(b','),
            Some(_) => return Err("not an integer"),
        }
        at += 1;
    }
}

fn print_floats(text: &[u8], out: &mut Vec<u8>) -> Result<(), &'static str> {
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let followed = rest.get(1).is_some_and(u8::is_ascii_digit);
        if rest.first() == Some(&b'.') && !followed {
            out.push(b'.');
            at += 1;
        } else if rest.is_empty() && at == 0 {
            // An empty field reads as zero in bcftools.
            out.push(b'0');
        } else {
            let number = float_prefix(rest);
            print_float(number.value.unwrap_or(0.0), out);
            at += number.length;
        }
        match text.get(at) {
            None => return Ok(()),
            Some(b',') => out.push(b','),
            Some(_) => return Err("not a number"),
        }
        at += 1;
    }
}
