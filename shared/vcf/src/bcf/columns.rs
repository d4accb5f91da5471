//! Sample columns encoded: read sample by sample, written tag by tag.

use std::ops::Range;

use super::encode::{count, undeclared};
use super::numbering::Numbering;
use super::write::{self, Extent, IntegerWriter, MISSING};
use crate::header::{Type, Version};
use crate::number::{float_prefix, integer_prefix};
use crate::record::{Genotype, RecordError};

/// The values of all samples, tag by tag. Its buffers serve one record after another.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// FORMAT of the record before, and what it names.
    format: Vec<u8>,
    fields: Vec<Field>,
}

/// How a tag is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Genotype,
    Integer,
    Float,
    String,
}

/// A tag's values of all samples, one sample behind the other.
#[derive(Debug)]
struct Field {
    number: i32,
    kind: Kind,
    integers: Vec<i32>,
    floats: Vec<u32>,
    /// Where texts are in the sample columns.
    texts: Vec<Range<usize>>,
    /// How many values each sample has, or how long its text is.
    counts: Vec<u32>,
    extent: Extent,
}

impl Columns {
    /// Appends the values of all samples; returns the number of tags.
    pub(super) fn encode(
        &mut self,
        format: &[u8],
        samples: &[u8],
        numbering: &Numbering,
        out: &mut Vec<u8>,
    ) -> Result<u32, RecordError> {
        self.prepare(format, numbering)?;
        let version = numbering.version.unwrap_or(Version::PREFIXED_PHASE);
        let mut at = 0;
        for _ in 0..numbering.samples {
            for field in &mut self.fields {
                at = field.read(samples, at, version);
                if samples.get(at) == Some(&b':') {
                    at += 1;
                }
            }
            // Behind the last subfield comes the next column.
            if samples.get(at) == Some(&b'\t') {
                at += 1;
            } else {
                let rest = &samples[at..];
                at += memchr::memchr(b'\t', rest).map_or(rest.len(), |tab| tab + 1);
            }
        }
        for field in &self.fields {
            field.write(samples, out);
        }
        count("FORMAT", self.fields.len(), usize::from(u8::MAX))
    }

    fn prepare(&mut self, format: &[u8], numbering: &Numbering) -> Result<(), RecordError> {
        if self.format != format {
            self.fields.clear();
            self.format.clear();
            for name in format.split(|byte| *byte == b':') {
                self.fields.push(Field::new(name, numbering)?);
            }
            self.format.extend_from_slice(format);
        }
        self.fields.iter_mut().for_each(Field::clear);
        Ok(())
    }
}

impl Field {
    fn new(name: &[u8], numbering: &Numbering) -> Result<Self, RecordError> {
        let tag = numbering.tag(name);
        let tag = tag.ok_or_else(|| undeclared("FORMAT", name))?;
        let declared = tag.format.ok_or_else(|| undeclared("FORMAT", name))?;
        Ok(Self {
            number: tag.number,
            kind: match declared {
                _ if name == b"GT" => Kind::Genotype,
                Type::Integer => Kind::Integer,
                Type::Float => Kind::Float,
                Type::String | Type::Flag => Kind::String,
            },
            integers: Vec::new(),
            floats: Vec::new(),
            texts: Vec::new(),
            counts: Vec::new(),
            extent: Extent::default(),
        })
    }

    fn clear(&mut self) {
        self.integers.clear();
        self.floats.clear();
        self.texts.clear();
        self.counts.clear();
        self.extent = Extent::default();
    }

    /// Reads the subfield that begins at `at`; returns where it ends. A subfield that is not there is missing.
    #[inline]
    fn read(&mut self, samples: &[u8], at: usize, version: Version) -> usize {
        let before = (self.integers.len(), self.floats.len());
        let end = match self.kind {
            Kind::Genotype => self.read_genotype(samples, at, version),
            Kind::Integer => self.read_integers(samples, at),
            Kind::Float => {
                let end = subfield_end(samples, at);
                for item in samples[at..end].split(|byte| *byte == b',') {
                    self.floats
                        .push(write::float_bits(float_prefix(item).value));
                }
                end
            }
            Kind::String => {
                let end = subfield_end(samples, at);
                self.texts.push(at..end);
                self.counts.push((end - at) as u32);
                return end;
            }
        };
        let read = (self.integers.len() - before.0) + (self.floats.len() - before.1);
        self.counts.push(read as u32);
        end
    }

    #[inline]
    fn read_integers(&mut self, samples: &[u8], mut at: usize) -> usize {
        loop {
            let start = at;
            let mut value: i32 = 0;
            // Up to nine digits fit.
            while let Some(digit @ b'0'..=b'9') = samples.get(at)
                && at - start < 9
            {
                value = value * 10 + i32::from(digit - b'0');
                at += 1;
            }
            if at > start && !samples.get(at).is_some_and(u8::is_ascii_digit) {
                self.extent.take(value);
                self.integers.push(value);
            } else {
                let number = integer_prefix(&samples[start..subfield_end(samples, start)]);
                at = start + number.length;
                if let Some(value) = number.value {
                    self.extent.take(value);
                }
                self.integers.push(number.value.unwrap_or(MISSING));
            }
            if samples.get(at) == Some(&b'.') {
                at += 1;
            }
            if samples.get(at) != Some(&b',') {
                return at;
            }
            at += 1;
        }
    }

    #[inline]
    fn read_genotype(&mut self, samples: &[u8], at: usize, version: Version) -> usize {
        let coded = |digit: u8| (i32::from(digit - b'0') + 1) << 1;
        if let Some(
            [
                a @ b'0'..=b'9',
                bar @ (b'/' | b'|'),
                b @ b'0'..=b'9',
                rest @ ..,
            ],
        ) = samples.get(at..)
            && matches!(rest, [] | [b':' | b'\t', ..])
        {
            // Two phased alleles imply that the first is phased.
            let phased = i32::from(*bar == b'|');
            let alleles = [coded(*a) | phased, coded(*b) | phased];
            alleles.iter().for_each(|allele| self.extent.take(*allele));
            self.integers.extend_from_slice(&alleles);
            return at + 3;
        }
        let end = subfield_end(samples, at);
        for allele in Genotype::new(&samples[at..end], version) {
            // The parser keeps alleles within what this can hold.
            let index = allele.index.map_or(0, |index| (index as i32 + 1) << 1);
            let value = index | i32::from(allele.phased);
            self.extent.take(value);
            self.integers.push(value);
        }
        end
    }

    /// Appends the tag with the values of all samples.
    fn write(&self, samples: &[u8], out: &mut Vec<u8>) {
        write::integer(self.number, out);
        let width = self.counts.iter().copied().max().unwrap_or(0) as usize;
        let counts = self.counts.iter().map(|count| *count as usize);
        match self.kind {
            Kind::Genotype | Kind::Integer => {
                let writer = IntegerWriter::begin(self.extent, width, out);
                if counts.clone().all(|count| count == width) {
                    writer.write(&self.integers, out);
                    return;
                }
                let mut rest = &self.integers[..];
                for count in counts {
                    let (values, others) = rest.split_at(count);
                    rest = others;
                    writer.write(values, out);
                    writer.pad(width - count, out);
                }
            }
            Kind::Float => {
                write::begin_floats(width, out);
                let mut rest = &self.floats[..];
                for count in counts {
                    let (values, others) = rest.split_at(count);
                    rest = others;
                    values
                        .iter()
                        .for_each(|bits| out.extend_from_slice(&bits.to_le_bytes()));
                    write::pad_floats(width - count, out);
                }
            }
            Kind::String => {
                write::begin_text(width, out);
                for text in &self.texts {
                    out.extend_from_slice(&samples[text.clone()]);
                    out.extend(std::iter::repeat_n(0, width - text.len()));
                }
            }
        }
    }
}

fn subfield_end(samples: &[u8], at: usize) -> usize {
    let rest = &samples[at..];
    at + memchr::memchr2(b':', b'\t', rest).unwrap_or(rest.len())
}
