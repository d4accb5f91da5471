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
use crate::number::Digits;
use crate::record::RecordError;

/// Samples that take more room than this are printed without it being made in advance.
const MOST_ROOM: usize = 1 << 16;

/// How the values of one tag are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Print {
    /// Two alleles of one byte each.
    Diploid,
    Genotype,
    Int8,
    Int16,
    Int32,
    Other,
}

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
    let (fields, form) = read_all(frame, dictionary)?;
    print_fields(&fields, dictionary, columns, floats, out)?;
    Ok(form)
}

/// The same of GT alone; dots if there is none.
pub(super) fn print_genotypes(
    frame: &Frame<'_>,
    dictionary: &Dictionary,
    columns: &[usize],
    out: &mut Vec<u8>,
) -> Result<(), RecordError> {
    let (mut fields, _) = read_all(frame, dictionary)?;
    fields.retain(|field| &field.tag.name[..] == b"GT");
    fields.truncate(1);
    if fields.is_empty() {
        out.extend(std::iter::repeat_n(*b"\t.", columns.len() + 1).flatten());
        return Ok(());
    }
    let mut floats = Floats::new(Digits::Six);
    print_fields(&fields, dictionary, Some(columns), &mut floats, out)
}

/// Appends the values of these columns as they are stored; returns the number of tags.
pub(super) fn copy(
    frame: &Frame<'_>,
    dictionary: &Dictionary,
    columns: &[usize],
    out: &mut Vec<u8>,
) -> Result<usize, RecordError> {
    let (fields, _) = read_all(frame, dictionary)?;
    for field in &fields {
        out.extend_from_slice(field.head);
        for column in columns {
            let place = column * field.width..(column + 1) * field.width;
            out.extend_from_slice(&field.data[place]);
        }
    }
    Ok(fields.len())
}

fn print_fields(
    fields: &[Field<'_>],
    dictionary: &Dictionary,
    columns: Option<&[usize]>,
    floats: &mut Floats,
    out: &mut Vec<u8>,
) -> Result<(), RecordError> {
    for (n, field) in fields.iter().enumerate() {
        out.push(if n == 0 { b'\t' } else { b':' });
        out.extend_from_slice(&field.tag.name);
    }
    if let [field] = fields
        && columns.is_none()
        && field.print == Print::Diploid
        && field.data.iter().all(|code| *code <= 21)
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
    columns: impl Iterator<Item = usize>,
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
    let phase = dictionary.states_first_phase;
    let mut at = out.len();
    let mut side = Vec::new();
    for sample in columns {
        let mut separator = b'\t';
        let mut pen = Pen::new(out, at, room);
        for field in fields {
            let data = &field.data[sample * field.width..(sample + 1) * field.width];
            if !is_small || !field.print_integers(separator, data, &mut pen) {
                at += pen.written();
                side.clear();
                side.push(separator);
                field
                    .print_any(data, phase, floats, &mut side)
                    .map_err(in_column(&field.tag.name))?;
                pen = Pen::new(out, at, room.saturating_add(side.len()));
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
    /// Prints what is printed by the million; says whether it was that.
    #[inline(always)]
    fn print_integers(&self, separator: u8, data: &[u8], pen: &mut Pen<'_>) -> bool {
        match (self.print, data) {
            (Print::Diploid, [a @ 0..=21, b @ 0..=21]) => {
                pen.first(diploid(separator, *a, *b), 4);
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
            (Print::Diploid | Print::Genotype, Kind::Int16) => {
                genotype::print::<i16>(data, states_first_phase, out);
            }
            (Print::Diploid | Print::Genotype, Kind::Int32) => {
                genotype::print::<i32>(data, states_first_phase, out);
            }
            (Print::Diploid | Print::Genotype, _) => {
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
