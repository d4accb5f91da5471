//! One sample column that is not in canonical form, subfield by subfield.

use super::format::{FormatPlan, Kind};
use super::noticed::Noticed;
use super::{EmptyTexts, Form, PrintFloat};
use crate::header::Version;
use crate::notices::{Column, Matter};
use crate::number::{float_prefix, integer_prefix, print_integer};
use crate::record::{Genotype, RecordError, subfield};

/// The long way for one column.
pub(super) struct Printer<'p> {
    pub plan: &'p FormatPlan,
    pub form: Form,
    pub whole: &'p [u8],
    pub number: usize,
    pub notices: &'p Noticed,
}

impl Printer<'_> {
    pub(super) fn print(&self, column: &[u8], out: &mut Vec<u8>) -> Result<(), RecordError> {
        let mut subfields = column.split(|b| *b == b':');
        let mut first = true;
        for (index, kind) in self.plan.kinds.iter().enumerate() {
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
            Kind::Integer => print_integers(text, out).map(|range| {
                if range == Range::Exceeded {
                    let tag = &self.plan.names[index];
                    self.notices.note(Column::Format, Matter::SetToMissing, tag);
                }
            }),
            Kind::Float => print_floats(text, self.form.float, out),
            Kind::String => {
                if text.is_empty() && self.form.empty == EmptyTexts::ByWidth {
                    self.print_empty_string(index, out);
                }
                out.extend_from_slice(text);
                Ok(())
            }
            Kind::Dropped => Ok(()),
        };
        result.map_err(|reason| RecordError::Subfield {
            sample: self.number,
            tag: String::from_utf8_lossy(&self.plan.names[index]).into_owned(),
            reason,
        })
    }

    fn print_genotype(&self, text: &[u8], out: &mut Vec<u8>) -> Result<(), &'static str> {
        let mut genotype = Genotype::new(text, self.form.version);
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
        if self.form.version >= Version::PREFIXED_PHASE
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

    /// bcftools prints an empty text as nothing if its field is at least two bytes wide, the colon before it counted;
    /// else as a zero byte, for which a dot is printed.
    fn print_empty_string(&self, index: usize, out: &mut Vec<u8>) {
        let longest = self
            .whole
            .split(|b| *b == b'\t')
            .filter_map(|column| subfield(column, index))
            .map(<[u8]>::len)
            .max();
        if longest.unwrap_or(0) + usize::from(index > 0) < 2 {
            out.push(b'.');
        }
    }
}

/// Whether all values could be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Range {
    Kept,
    Exceeded,
}

fn print_integers(text: &[u8], out: &mut Vec<u8>) -> Result<Range, &'static str> {
    let mut range = Range::Kept;
    let mut at = 0;
    loop {
        if text.get(at) == Some(&b'.') {
            out.push(b'.');
            at += 1;
        } else {
            let number = integer_prefix(&text[at..]);
            match number.value {
                Some(value) => print_integer(i64::from(value), out),
                None => {
                    // An empty one is missing without a word.
                    if number.length > 0 {
                        range = Range::Exceeded;
                    }
                    out.push(b'.');
                }
            }
            at += number.length;
        }
        match text.get(at) {
            None => return Ok(range),
            Some(b',') => out.push(b','),
            Some(_) => return Err("not an integer"),
        }
        at += 1;
    }
}

fn print_floats(text: &[u8], float: PrintFloat, out: &mut Vec<u8>) -> Result<(), &'static str> {
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
            float(number.value.unwrap_or(0.0), out);
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
