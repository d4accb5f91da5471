//! FORMAT and the sample columns: stored tag by tag, printed sample by sample.

use super::bytes::{Bytes, Fault, Kind, Typed, Within, printable, unbroken};
use super::chosen::pick_columns;
use super::decode::Form;
use super::dictionary::{Dictionary, Tag};
use super::fields::{check_kind, in_column};
use super::frame::Frame;
use super::genotype;
use super::print::{self, Floats};
use super::rows::{WORDS, Weaver};
use super::words::{self, ELSEWHERE, Lookup, Rows};
use crate::header::Type;
use crate::record::RecordError;

/// How the values of one tag are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Print {
    /// Two alleles of one byte each.
    Diploid,
    Genotype,
    Integer,
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
    let (fields, form) = read_all(frame, dictionary)?;
    print_fields(&fields, dictionary, columns, floats, out)?;
    Ok(form)
}

fn print_fields(
    fields: &[Field<'_>],
    dictionary: &Dictionary,
    columns: Option<&[usize]>,
    floats: &mut Floats,
    out: &mut Vec<u8>,
) -> Result<(), RecordError> {
    for (n, field) in fields.iter().enumerate() {
        out.push(separator(n));
        out.extend_from_slice(&field.tag.name);
    }
    if let ([field], None) = (fields, columns)
        && field.print == Print::Diploid
        && all(field.data, |code| code <= ONE_DIGIT)
    {
        print_diploid(field.data, out);
        return Ok(());
    }
    print_columns(fields, columns, dictionary, floats, out)
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
        unbroken(printable(data)?, Within::Format)?;
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
        Kind::Int8 | Kind::Int16 | Kind::Int32 => Print::Integer,
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
        *column = diploid(*a, *b);
    }
}

/// A genotype of two alleles with codes up to 21, behind a tab.
#[inline(always)]
fn diploid(a: u8, b: u8) -> [u8; 4] {
    let allele = |code: u8| if code < 2 { b'.' } else { b'/' + code / 2 };
    let phase = if b & 1 == 1 { b'|' } else { b'/' };
    [b'\t', allele(a), phase, allele(b)]
}

/// As many samples at a time as their words fit; what is no word is printed for itself.
fn print_columns(
    fields: &[Field<'_>],
    columns: Option<&[usize]>,
    dictionary: &Dictionary,
    floats: &mut Floats,
    out: &mut Vec<u8>,
) -> Result<(), RecordError> {
    let samples = columns.map_or(dictionary.samples, <[usize]>::len);
    let column = |sample: usize| columns.map_or(sample, |columns| columns[sample]);
    let mut print = |sample: usize, field: &Field<'_>, out: &mut Vec<u8>| {
        let data = &field.data[sample * field.width..(sample + 1) * field.width];
        field
            .print(data, dictionary.states_first_phase, floats, out)
            .map_err(in_column(&field.tag.name))
    };
    let length = fields
        .iter()
        .map(Field::words)
        .fold(0, usize::saturating_add);
    if length > WORDS {
        for sample in (0..samples).map(column) {
            for (n, field) in fields.iter().enumerate() {
                out.push(separator(n));
                print(sample, field, out)?;
            }
        }
        return Ok(());
    }
    let mut weaver = Weaver::new();
    let mut picked = Vec::new();
    let mut first = 0;
    while first < samples {
        let last = samples.min(first + WORDS / length);
        let count = (last - first) * length;
        let mut at = 0;
        for (n, field) in fields.iter().enumerate() {
            let data = match columns {
                None => &field.data[first * field.width..last * field.width],
                Some(columns) => {
                    picked.clear();
                    pick_columns(field, &columns[first..last], &mut picked);
                    &picked
                }
            };
            let words = weaver.words(count);
            field.put_words(n, data, Rows { words, length }, at);
            at += field.words();
        }
        weaver.append(count, out, |word, field, out| {
            print(column(first + word / length), &fields[field], out)
        })?;
        first = last;
    }
    Ok(())
}

/// What stands before the values of the field of this number.
fn separator(field: usize) -> u8 {
    if field == 0 { b'\t' } else { b':' }
}

impl Field<'_> {
    /// Words that the values of one sample become.
    fn words(&self) -> usize {
        match self.print {
            Print::Integer => self.count,
            Print::Diploid | Print::Genotype | Print::Other => 1,
        }
    }

    /// Turns values of samples, one in each row, into words. It is the field of this number.
    fn put_words(&self, number: usize, data: &[u8], rows: Rows<'_>, at: usize) {
        fn integers<W: Lookup>(
            field: &Field<'_>,
            number: usize,
            data: &[u8],
            rows: Rows<'_>,
            at: usize,
        ) {
            words::put_integers::<W>(data, field.count, separator(number), rows, at);
        }
        let elsewhere = words::unusual(ELSEWHERE, separator(number), number as i32);
        let length = rows.length;
        match (self.print, self.kind) {
            (Print::Integer, Kind::Int8) => integers::<i8>(self, number, data, rows, at),
            (Print::Integer, Kind::Int16) => integers::<i16>(self, number, data, rows, at),
            (Print::Integer, _) => integers::<i32>(self, number, data, rows, at),
            (Print::Diploid, _) => {
                let rows = rows.words.chunks_exact_mut(length);
                for (row, [a, b]) in rows.zip(data.as_chunks::<2>().0) {
                    row[at] = words::call(separator(number), *a, *b).unwrap_or(elsewhere);
                }
            }
            (Print::Genotype | Print::Other, _) => {
                let rows = rows.words.chunks_exact_mut(length);
                rows.for_each(|row| row[at] = elsewhere);
            }
        }
    }

    /// Prints the values of one sample.
    fn print(
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

/// Whether all are such. Looks at many at once.
fn all(bytes: &[u8], is_such: impl Fn(u8) -> bool) -> bool {
    let are = |part: &[u8]| part.iter().fold(true, |are, byte| are & is_such(*byte));
    bytes.chunks(256).all(are)
}
