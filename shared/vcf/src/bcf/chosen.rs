//! The values of chosen sample columns, taken as they are stored, and how often each allele is called in them.

use std::ops::Range;

use super::bytes::Kind;
use super::decode::Form;
use super::dictionary::Dictionary;
use super::frame::Frame;
use super::samples::{Field, read_all};
use crate::record::RecordError;

/// Values of chosen columns as they are stored. Its buffer serves one record after another.
#[derive(Debug, Default)]
pub struct Chosen {
    bytes: Vec<u8>,
    tags: usize,
    calls: Calls,
}

/// Which values are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    /// Those of all tags.
    All,
    /// Those of GT.
    Genotypes,
}

/// Where genotypes are among chosen values.
#[derive(Debug, Default)]
enum Calls {
    /// Nowhere.
    #[default]
    None,
    /// There, with so many one-byte alleles a sample.
    Small(Range<usize>, usize),
    /// They are not such as are counted without being printed.
    Other,
}

impl Chosen {
    /// The values with what describes them, tag by tag.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many tags there are.
    #[must_use]
    pub fn tags(&self) -> usize {
        self.tags
    }

    /// Whether there are genotypes.
    #[must_use]
    pub fn has_genotypes(&self) -> bool {
        !matches!(self.calls, Calls::None)
    }

    /// Counts the calls of each of so many alleles; `None` if that takes a closer look at the genotypes.
    pub fn count(&self, alleles: usize, counts: &mut Vec<i64>) -> Option<()> {
        counts.clear();
        counts.resize(alleles, 0);
        match &self.calls {
            Calls::None => Some(()),
            Calls::Small(place, ploidy) => count_calls(&self.bytes[place.clone()], *ploidy, counts),
            Calls::Other => None,
        }
    }
}

/// Takes the values of these columns.
pub(super) fn choose(
    frame: &Frame<'_>,
    dictionary: &Dictionary,
    columns: &[usize],
    take: Take,
    chosen: &mut Chosen,
) -> Result<Form, RecordError> {
    let (fields, form) = read_all(frame, dictionary)?;
    let Chosen { bytes, tags, calls } = chosen;
    bytes.clear();
    *tags = fields.len();
    *calls = Calls::None;
    for field in &fields {
        let is_first = matches!(calls, Calls::None) && &field.tag.name[..] == b"GT";
        if take == Take::Genotypes && !is_first {
            continue;
        }
        bytes.extend_from_slice(field.head);
        let begin = bytes.len();
        pick_columns(field, columns, bytes);
        if is_first {
            *calls = match field.kind {
                Kind::Int8 => Calls::Small(begin..bytes.len(), field.width),
                _ => Calls::Other,
            };
        }
    }
    Ok(form)
}

/// Appends the values of these columns.
pub(super) fn pick_columns(field: &Field<'_>, columns: &[usize], out: &mut Vec<u8>) {
    match field.width {
        1 => pick::<1>(field.data, columns, out),
        2 => pick::<2>(field.data, columns, out),
        3 => pick::<3>(field.data, columns, out),
        4 => pick::<4>(field.data, columns, out),
        6 => pick::<6>(field.data, columns, out),
        8 => pick::<8>(field.data, columns, out),
        12 => pick::<12>(field.data, columns, out),
        width => {
            for column in columns {
                out.extend_from_slice(&field.data[column * width..(column + 1) * width]);
            }
        }
    }
}

/// Appends columns of so many bytes.
fn pick<const WIDTH: usize>(data: &[u8], columns: &[usize], out: &mut Vec<u8>) {
    let (all, _) = data.as_chunks::<WIDTH>();
    let start = out.len();
    out.resize(start + WIDTH * columns.len(), 0);
    let (picked, _) = out[start..].as_chunks_mut::<WIDTH>();
    for (one, column) in picked.iter_mut().zip(columns) {
        *one = all[*column];
    }
}

/// Adds the calls of each allele; `None` if some are of others, or are none.
fn count_calls(codes: &[u8], ploidy: usize, counts: &mut [i64]) -> Option<()> {
    const MISSING: u8 = i8::MIN as u8;
    /// Behind the last allele of a call.
    const END: i8 = i8::MIN + 1;
    /// Most alleles that are looked for one by one.
    const FEW: usize = 4;
    if counts.len() <= FEW {
        let mut known =
            number_of(codes, |code| code < 2) + number_of(codes, |code| code == MISSING);
        for (allele, count) in (1u8..).zip(counts.iter_mut()) {
            let found = number_of(codes, |code| code >> 1 == allele);
            *count = found as i64;
            known += found;
        }
        if known == codes.len() {
            return Some(());
        }
        counts.fill(0);
    }
    for call in codes.chunks_exact(ploidy.max(1)) {
        for code in call {
            match *code as i8 {
                i8::MIN | 0 | 1 => {}
                END => break,
                code => {
                    let allele = usize::try_from(code >> 1).ok()?.checked_sub(1)?;
                    *counts.get_mut(allele)? += 1;
                }
            }
        }
    }
    Some(())
}

/// How many bytes are such. Counts in bytes as far as that goes, so that the processor looks at many at once.
fn number_of(bytes: &[u8], is_such: impl Fn(u8) -> bool) -> usize {
    let of = |part: &[u8]| {
        let found = part.iter().map(|byte| u8::from(is_such(*byte)));
        usize::from(found.fold(0, u8::wrapping_add))
    };
    bytes.chunks(usize::from(u8::MAX)).map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bcf::genotype;

    const MISSING: u8 = 0x80;
    const END: u8 = 0x81;

    /// Over the calls as they are printed.
    fn counted(codes: &[u8], ploidy: usize, alleles: usize) -> Option<Vec<i64>> {
        let mut counts = vec![0; alleles];
        for call in codes.chunks(ploidy) {
            let mut text = Vec::new();
            genotype::print::<i8>(call, false, &mut text);
            for allele in text.split(|byte| matches!(byte, b'/' | b'|')) {
                if allele != b"." {
                    let allele: usize = std::str::from_utf8(allele).unwrap().parse().ok()?;
                    *counts.get_mut(allele)? += 1;
                }
            }
        }
        Some(counts)
    }

    #[test]
    fn calls_are_counted_as_they_are_printed() {
        let mut state = 1u64;
        let mut below = |limit: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % limit
        };
        let mut refused = 0;
        for _ in 0..3_000 {
            let ploidy = 1 + below(3) as usize;
            let alleles = 1 + below(6) as usize;
            let samples = below(400) as usize;
            let greatest = match below(4) {
                0 => 2 * alleles as u64 + 4,
                _ => 2 * alleles as u64 + 2,
            };
            let is_odd = below(8) == 0;
            let codes: Vec<u8> = (0..samples * ploidy)
                .map(|_| match below(if is_odd { 12 } else { 400 }) {
                    0 => MISSING,
                    1 => END,
                    2 if is_odd => 0x90,
                    _ => below(greatest) as u8,
                })
                .collect();
            let mut counts = vec![0; alleles];
            let found = count_calls(&codes, ploidy, &mut counts).map(|()| counts);
            let expected = counted(&codes, ploidy, alleles);
            refused += usize::from(expected.is_none());
            assert_eq!(found, expected, "{codes:?} {ploidy} {alleles}");
        }
        assert!((500..2_500).contains(&refused), "{refused}");
    }

    #[test]
    fn columns_of_every_width_are_picked() {
        fn picked<const WIDTH: usize>(columns: &[usize]) {
            let data: Vec<u8> = (0..20 * WIDTH).map(|n| n as u8).collect();
            let mut out = vec![7];
            pick::<WIDTH>(&data, columns, &mut out);
            let places = columns.iter().map(|n| &data[n * WIDTH..(n + 1) * WIDTH]);
            let expected: Vec<u8> = std::iter::once(&[7][..])
                .chain(places)
                .flatten()
                .copied()
                .collect();
            assert_eq!(out, expected);
        }
        for columns in [&[][..], &[0], &[19, 0, 3], &[5, 6, 7, 8]] {
            picked::<1>(columns);
            picked::<2>(columns);
            picked::<3>(columns);
            picked::<12>(columns);
        }
    }
}
