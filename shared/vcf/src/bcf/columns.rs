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
    counts: Counts,
    extent: Extent,
}

/// Counts of values, sample by sample. Those that begin alike are only counted.
#[derive(Debug, Default)]
struct Counts {
    /// The samples before those of `others`, all of which have as many as the first.
    alike: usize,
    first: u32,
    others: Vec<u32>,
    most: u32,
}

impl Counts {
    #[inline]
    fn push(&mut self, count: u32) {
        if self.others.is_empty() && (count == self.first || self.alike == 0) {
            self.alike += 1;
            self.first = count;
        } else {
            self.others.push(count);
        }
        self.most = self.most.max(count);
    }

    fn clear(&mut self) {
        let mut others = std::mem::take(&mut self.others);
        others.clear();
        *self = Self {
            others,
            ..Self::default()
        };
    }

    fn are_equal(&self) -> bool {
        self.others.is_empty()
    }

    fn all(&self) -> impl Iterator<Item = usize> {
        let alike = std::iter::repeat_n(self.first, self.alike);
        let all = alike.chain(self.others.iter().copied());
        all.map(|count| count as usize)
    }
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
            counts: Counts::default(),
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
            // Most have a few digits, which are read together.
            if let Some(word) = samples.get(at..).and_then(<[u8]>::first_chunk)
                && let Some((value, length)) = few_digits(u64::from_le_bytes(*word))
            {
                self.extent.take(value);
                self.integers.push(value);
                at += length;
            } else {
                let number = integer_prefix(&samples[at..subfield_end(samples, at)]);
                at += number.length;
                if let Some(value) = number.value {
                    self.extent.take(value);
                }
                self.integers.push(number.value.unwrap_or(MISSING));
                if samples.get(at) == Some(&b'.') {
                    at += 1;
                }
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
        let width = self.counts.most as usize;
        match self.kind {
            Kind::Genotype | Kind::Integer => {
                let writer = IntegerWriter::begin(self.extent, width, out);
                if self.counts.are_equal() {
                    writer.write(&self.integers, out);
                    return;
                }
                let mut rest = &self.integers[..];
                for count in self.counts.all() {
                    let (values, others) = rest.split_at(count);
                    rest = others;
                    writer.write(values, out);
                    writer.pad(width - count, out);
                }
            }
            Kind::Float => {
                write::begin_floats(width, out);
                let mut rest = &self.floats[..];
                for count in self.counts.all() {
                    let (values, others) = rest.split_at(count);
                    rest = others;
                    values
                        .iter()
                        .for_each(|bits| out.extend_from_slice(&bits.to_le_bytes()));
                    write::pad_floats(width - count, out);
                }
            }
            Kind::String => {
                // An empty text is printed as nothing, as it came, only where more than one byte could be: one byte is
                // printed as it is, a zero.
                let has_empty = self.counts.all().any(|count| count == 0);
                let width = if has_empty { width.max(2) } else { width };
                write::begin_text(width, out);
                for text in &self.texts {
                    out.extend_from_slice(&samples[text.clone()]);
                    out.extend(std::iter::repeat_n(0, width - text.len()));
                }
            }
        }
    }
}

/// The number that begins with the lowest of eight characters, and how many digits it has, if they are one to seven.
#[inline]
fn few_digits(word: u64) -> Option<(i32, usize)> {
    // A digit becomes its value; adding 0x76 sets the high bit of anything from 10 on. A carry goes to higher bytes only, so
    // the lowest bit set is right.
    let values = word ^ 0x3030_3030_3030_3030;
    let others = (values.wrapping_add(0x7676_7676_7676_7676) | values) & 0x8080_8080_8080_8080;
    let length = others.trailing_zeros() / 8;
    if length == 0 || length == 8 {
        return None;
    }
    // Zeros before them; then two, four and eight digits at a time.
    let digits = values << (64 - 8 * length);
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_ffff_0000_ffff;
    let all = fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xffff_ffff;
    Some((all as i32, length as usize))
}

fn subfield_end(samples: &[u8], at: usize) -> usize {
    let rest = &samples[at..];
    at + memchr::memchr2(b':', b'\t', rest).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_a_few_digits_are_read_together() {
        for value in (0..20_000).chain([99_999, 123_456, 1_000_000, 9_999_999]) {
            for end in [":", ",", "\t", "."] {
                let text = format!("{value}{end}98765432");
                let word = u64::from_le_bytes(*text.as_bytes().first_chunk().unwrap());
                let length = value.to_string().len();
                assert_eq!(few_digits(word), Some((value, length)), "{text}");
            }
        }
        for text in [
            "12345678",
            ".:123456",
            "-1:23456",
            ":1234567",
            "\u{ff}1234567",
        ] {
            let word = u64::from_le_bytes(*text.as_bytes().first_chunk().unwrap());
            assert_eq!(few_digits(word), None, "{text}");
        }
    }
}
