//! FORMAT and the sample columns: stored tag by tag, printed sample by sample.

use std::ops::Range;

use super::bytes::{Bytes, Fault, Kind, Typed, printable};
use super::decode::Form;
use super::dictionary::{Dictionary, Tag};
use super::fields::{check_kind, in_column};
use super::frame::Frame;
use super::genotype;
use super::pen::{LONGEST, Pen};
use super::print::{self, Floats, Width};
use crate::header::Type;
use crate::record::RecordError;

/// Samples that take more room than this are printed without it being made in advance.
const MOST_ROOM: usize = 1 << 16;

/// How the values of one tag are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Print {
    /// Two alleles of one byte each.
    Diploid,
    /// The same, with codes up to [`ONE_DIGIT`].
    Digits,
    Genotype,
    Int8,
    /// No vector ends before its last value.
    WholeInt8,
    Int16,
    /// The same.
    WholeInt16,
    Int32,
    Other,
}

/// The code of the greatest allele of one digit, phased.
const ONE_DIGIT: u8 = 21;

/// The values of one tag for all samples.
#[derive(Debug, Clone, Copy)]
struct Field<'a> {
    tag: &'a Tag,
    print: Print,
    kind: Kind,
    /// Values of one sample, and the bytes that they take.
    count: usize,
    width: usize,
    /// What stands before the values: the number of the tag, type and count.
    head: &'a [u8],
    data: &'a [u8],
}

/// Prints FORMAT and sample columns, each behind a tab.
pub(super) fn print(
    frame: &Frame<'_>,
    dictionary: &Dictionary,
    columns: Option<&[usize]>,
    floats: &mut Floats,
    out: &mut Vec<u8>,
) -> Result<Form, RecordError> {
    let samples = dictionary.samples;
    if frame.tags == 0 {
        let printed = columns.map_or(samples, <[usize]>::len);
        out.extend(std::iter::repeat_n(*b"\t.", printed + 1).flatten());
        return Ok(Form::Canonical);
    }
    let (mut fields, form) = read_all(frame, dictionary)?;
    print_fields(&mut fields, dictionary, columns, floats, out)?;
    Ok(form)
}

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
        match field.width {
            1 => pick::<1>(field.data, columns, bytes),
            2 => pick::<2>(field.data, columns, bytes),
            3 => pick::<3>(field.data, columns, bytes),
            4 => pick::<4>(field.data, columns, bytes),
            6 => pick::<6>(field.data, columns, bytes),
            8 => pick::<8>(field.data, columns, bytes),
            12 => pick::<12>(field.data, columns, bytes),
            width => {
                for column in columns {
                    bytes.extend_from_slice(&field.data[column * width..(column + 1) * width]);
                }
            }
        }
        if is_first {
            *calls = match field.kind {
                Kind::Int8 => Calls::Small(begin..bytes.len(), field.width),
                _ => Calls::Other,
            };
        }
    }
    Ok(form)
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

fn print_fields(
    fields: &mut [Field<'_>],
    dictionary: &Dictionary,
    columns: Option<&[usize]>,
    floats: &mut Floats,
    out: &mut Vec<u8>,
) -> Result<(), RecordError> {
    for (n, field) in fields.iter().enumerate() {
        out.push(if n == 0 { b'\t' } else { b':' });
        out.extend_from_slice(&field.tag.name);
    }
    if columns.is_none() {
        fields.iter_mut().for_each(Field::look_closer);
    }
    if let [field] = fields
        && field.print == Print::Digits
    {
        print_diploid(field.data, out);
        return Ok(());
    }
    match columns {
        None => print_columns(fields, 0..dictionary.samples, dictionary, floats, out),
        Some(columns) => {
            let columns = columns.iter().copied();
            print_columns(fields, columns, dictionary, floats, out)
        }
    }
}

/// Looks whether values could be printed, and belong to the samples of the header.
pub(super) fn check(frame: &Frame<'_>, dictionary: &Dictionary) -> Result<Form, RecordError> {
    if frame.samples != dictionary.samples {
        return Ok(Form::Doubtful);
    }
    Ok(read_all(frame, dictionary)?.1)
}

fn read_all<'a>(
    frame: &Frame<'a>,
    dictionary: &'a Dictionary,
) -> Result<(Vec<Field<'a>>, Form), RecordError> {
    let mut form = Form::Canonical;
    let mut fields: Vec<Field<'_>> = Vec::with_capacity(frame.tags);
    if frame.tags > 0 && frame.samples != dictionary.samples {
        return Err(RecordError::SampleColumns {
            found: frame.samples,
            expected: dictionary.samples,
        });
    }
    let mut bytes = frame.individual;
    for _ in 0..frame.tags {
        let before = bytes.0;
        let key = bytes.integer().map_err(in_column("FORMAT"))?;
        let tag = dictionary
            .tag(key)
            .ok_or_else(|| in_column("FORMAT")("the header has no tag of its number"))?;
        let mut field = read(&mut bytes, tag, dictionary).map_err(in_column(&tag.name))?;
        field.head = &before[..before.len() - bytes.0.len() - field.data.len()];
        check_kind("FORMAT", &tag.name, tag.format, field.kind)?;
        let again = fields.iter().any(|other| std::ptr::eq(other.tag, tag));
        if again || matches!(tag.format, None | Some(Type::Flag)) || &tag.name[..] == b"." {
            form = Form::Doubtful;
        }
        fields.push(field);
    }
    Ok((fields, form))
}

fn read<'a>(
    bytes: &mut Bytes<'a>,
    tag: &'a Tag,
    dictionary: &Dictionary,
) -> Result<Field<'a>, Fault> {
    let (kind, count) = bytes.descriptor()?;
    let too_many = "it has more values than can be";
    let width = count.checked_mul(kind.size()).ok_or(too_many)?;
    let length = width.checked_mul(dictionary.samples).ok_or(too_many)?;
    let data = bytes.take(length)?;
    if kind == Kind::Char {
        printable(data)?;
    }
    let print = match kind {
        _ if count == 0 => Print::Other,
        Kind::Int8 | Kind::Int16 | Kind::Int32 if &tag.name[..] == b"GT" => {
            if width == 2 && kind == Kind::Int8 && !dictionary.states_first_phase {
                Print::Diploid
            } else {
                Print::Genotype
            }
        }
        Kind::Int8 => Print::Int8,
        Kind::Int16 => Print::Int16,
        Kind::Int32 => Print::Int32,
        Kind::Float | Kind::Char | Kind::Null => Print::Other,
    };
    Ok(Field {
        tag,
        print,
        kind,
        count,
        width,
        head: &[],
        data,
    })
}

/// Bare genotypes of two alleles with codes up to 21, all of them in one go.
fn print_diploid(data: &[u8], out: &mut Vec<u8>) {
    let (calls, _) = data.as_chunks::<2>();
    let start = out.len();
    out.resize(start + 4 * calls.len(), 0);
    let (columns, _) = out[start..].as_chunks_mut::<4>();
    for (column, [a, b]) in columns.iter_mut().zip(calls) {
        *column = diploid(b'\t', *a, *b);
    }
}

/// A genotype of two alleles with codes up to 21.
#[inline(always)]
fn diploid(separator: u8, a: u8, b: u8) -> [u8; 4] {
    let allele = |code: u8| if code < 2 { b'.' } else { b'/' + code / 2 };
    let phase = if b & 1 == 1 { b'|' } else { b'/' };
    [separator, allele(a), phase, allele(b)]
}

fn print_columns(
    fields: &[Field<'_>],
    columns: impl ExactSizeIterator<Item = usize>,
    dictionary: &Dictionary,
    floats: &mut Floats,
    out: &mut Vec<u8>,
) -> Result<(), RecordError> {
    // The separator, and what is written at a time beyond the last value.
    let rooms = fields.iter().map(|field| {
        let values = field.count.saturating_mul(LONGEST + 1);
        values.saturating_add(2 + LONGEST)
    });
    let room = rooms.fold(0, usize::saturating_add);
    let (room, is_small) = (room.min(MOST_ROOM), room <= MOST_ROOM);
    let all = room.saturating_mul(columns.len());
    let phase = dictionary.states_first_phase;
    let mut at = out.len();
    let mut side = Vec::new();
    for sample in columns {
        let mut separator = b'\t';
        let mut pen = Pen::new(out, at, room, all);
        for field in fields {
            let data = &field.data[sample * field.width..(sample + 1) * field.width];
            if !is_small || !field.print_integers(separator, data, &mut pen) {
                at += pen.written();
                side.clear();
                side.push(separator);
                field
                    .print_any(data, phase, floats, &mut side)
                    .map_err(in_column(&field.tag.name))?;
                pen = Pen::new(out, at, room.saturating_add(side.len()), all);
                pen.text(&side);
            }
            separator = b':';
        }
        at += pen.written();
    }
    out.truncate(at);
    Ok(())
}

impl Field<'_> {
    /// Looks at all values, so that each takes less looking at when it is printed.
    fn look_closer(&mut self) {
        self.print = match self.print {
            Print::Diploid if all(self.data, |code| code <= ONE_DIGIT) => Print::Digits,
            Print::Int8 if memchr::memchr(<i8 as Width>::END as u8, self.data).is_none() => {
                Print::WholeInt8
            }
            Print::Int16 if !has_ends(self.data) => Print::WholeInt16,
            print => print,
        };
    }

    /// Prints what is printed by the million; says whether it was that.
    #[inline(always)]
    fn print_integers(&self, separator: u8, data: &[u8], pen: &mut Pen<'_>) -> bool {
        match (self.print, data) {
            (Print::Digits, [a, b]) | (Print::Diploid, [a @ 0..=ONE_DIGIT, b @ 0..=ONE_DIGIT]) => {
                pen.first(diploid(separator, *a, *b), 4);
            }
            (Print::WholeInt8, [value]) => pen.int8(separator, *value),
            (Print::WholeInt8, [one, other]) => {
                pen.int8(separator, *one);
                pen.int8(b',', *other);
            }
            (Print::WholeInt8, _) => {
                let mut separator = separator;
                for byte in data {
                    pen.int8(separator, *byte);
                    separator = b',';
                }
            }
            (Print::WholeInt16, _) => {
                let mut separator = separator;
                for bytes in data.as_chunks::<2>().0 {
                    present(separator, i16::from_le_bytes(*bytes), pen);
                    separator = b',';
                }
            }
            (Print::Int8, _) => {
                let mut separator = separator;
                for byte in data {
                    if *byte == (<i8 as Width>::END as i8) as u8 {
                        break;
                    }
                    pen.int8(separator, *byte);
                    separator = b',';
                }
                none(separator, pen);
            }
            (Print::Int16, _) => wide::<i16>(separator, data, pen),
            (Print::Int32, _) => wide::<i32>(separator, data, pen),
            _ => return false,
        }
        true
    }

    fn print_any(
        &self,
        data: &[u8],
        states_first_phase: bool,
        floats: &mut Floats,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        match (self.print, self.kind) {
            (Print::Diploid | Print::Digits | Print::Genotype, Kind::Int16) => {
                genotype::print::<i16>(data, states_first_phase, out);
            }
            (Print::Diploid | Print::Digits | Print::Genotype, Kind::Int32) => {
                genotype::print::<i32>(data, states_first_phase, out);
            }
            (Print::Diploid | Print::Digits | Print::Genotype, _) => {
                genotype::print::<i8>(data, states_first_phase, out);
            }
            (_, kind) => {
                let count = self.count;
                print::values(Typed { kind, count, data }, floats, out)?;
            }
        }
        Ok(())
    }
}

/// A value that is there, or missing.
#[inline(always)]
fn present(separator: u8, value: i16, pen: &mut Pen<'_>) {
    if value == i16::MIN {
        pen.byte(separator);
        pen.byte(b'.');
    } else {
        pen.integer(separator, i32::from(value));
    }
}

/// Whether some vector of two-byte integers ends before its last value. Looks at many at once.
fn has_ends(data: &[u8]) -> bool {
    let values = data.as_chunks::<2>().0;
    let is_end = |value: &[u8; 2]| i32::from(i16::from_le_bytes(*value)) == <i16 as Width>::END;
    let has = |part: &[[u8; 2]]| part.iter().fold(false, |has, value| has | is_end(value));
    values.chunks(256).any(has)
}

/// Whether all are such. Looks at many at once.
fn all(bytes: &[u8], is_such: impl Fn(u8) -> bool) -> bool {
    let are = |part: &[u8]| part.iter().fold(true, |are, byte| are & is_such(*byte));
    bytes.chunks(256).all(are)
}

#[inline(always)]
fn wide<W: Width>(separator: u8, data: &[u8], pen: &mut Pen<'_>) {
    let mut separator = separator;
    for bytes in data.chunks_exact(W::SIZE) {
        let value = W::read(bytes);
        if value == W::END {
            break;
        }
        if value == W::MISSING {
            pen.byte(separator);
            pen.byte(b'.');
        } else {
            pen.integer(separator, value);
        }
        separator = b',';
    }
    none(separator, pen);
}

/// A vector that ended before its first value, so that its separator is not yet there, is printed as a dot.
#[inline(always)]
fn none(separator: u8, pen: &mut Pen<'_>) {
    if separator != b',' {
        pen.byte(separator);
        pen.byte(b'.');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
