//! FORMAT and the sample columns: stored tag by tag, printed sample by sample.

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
pub(super) struct Field<'a> {
    pub(super) tag: &'a Tag,
    print: Print,
    pub(super) kind: Kind,
    /// Values of one sample, and the bytes that they take.
    count: usize,
    pub(super) width: usize,
    /// What stands before the values: the number of the tag, type and count.
    pub(super) head: &'a [u8],
    pub(super) data: &'a [u8],
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

pub(super) fn read_all<'a>(
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
