//! FORMAT and the sample columns: stored tag by tag, printed sample by sample.

use super::bytes::{Bytes, Fault, Kind, Typed, printable};
use super::dictionary::{Dictionary, Tag};
use super::fields::{check_kind, in_column};
use super::{genotype, print};
use crate::record::RecordError;

/// The values of one tag for all samples.
#[derive(Debug, Clone, Copy)]
struct Field<'a> {
    tag: &'a Tag,
    is_genotype: bool,
    kind: Kind,
    /// Values of one sample.
    count: usize,
    data: &'a [u8],
}

/// Prints FORMAT and all sample columns, each behind a tab.
pub(super) fn print_all<'a>(
    bytes: &mut Bytes<'a>,
    tags: usize,
    dictionary: &'a Dictionary,
    out: &mut Vec<u8>,
) -> Result<(), RecordError> {
    let samples = dictionary.samples;
    if tags == 0 {
        out.extend(std::iter::repeat_n(*b"\t.", samples + 1).flatten());
        return Ok(());
    }
    let mut fields = Vec::with_capacity(tags);
    for n in 0..tags {
        let key = bytes.integer().map_err(in_column("FORMAT"))?;
        let tag = dictionary
            .tag(key)
            .ok_or_else(|| in_column("FORMAT")("the header has no tag of its number"))?;
        let field = read(bytes, tag, samples).map_err(in_column(&tag.name))?;
        check_kind("FORMAT", &tag.name, tag.format, field.kind)?;
        out.push(if n == 0 { b'\t' } else { b':' });
        out.extend_from_slice(&tag.name);
        fields.push(field);
    }
    for sample in 0..samples {
        let mut separator = b'\t';
        for field in &fields {
            out.push(separator);
            separator = b':';
            field
                .print(sample, dictionary.states_first_phase, out)
                .map_err(in_column(&field.tag.name))?;
        }
    }
    Ok(())
}

fn read<'a>(bytes: &mut Bytes<'a>, tag: &'a Tag, samples: usize) -> Result<Field<'a>, Fault> {
    let (kind, count) = bytes.descriptor()?;
    let length = count.checked_mul(kind.size());
    let length = length.and_then(|length| length.checked_mul(samples));
    let data = bytes.take(length.ok_or("it has more values than can be")?)?;
    if kind == Kind::Char {
        printable(data)?;
    }
    let is_genotype = &tag.name[..] == b"GT" && kind.is_integer();
    Ok(Field {
        tag,
        is_genotype,
        kind,
        count,
        data,
    })
}

impl Field<'_> {
    #[inline]
    fn print(
        &self,
        sample: usize,
        states_first_phase: bool,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let width = self.count * self.kind.size();
        let data = &self.data[sample * width..(sample + 1) * width];
        match (self.is_genotype, self.kind) {
            (true, Kind::Int8) => genotype::print::<i8>(data, states_first_phase, out),
            (true, Kind::Int16) => genotype::print::<i16>(data, states_first_phase, out),
            (true, Kind::Int32) => genotype::print::<i32>(data, states_first_phase, out),
            (false, Kind::Int8) if self.count > 0 => print::integers::<i8>(data, out),
            _ => {
                let (kind, count) = (self.kind, self.count);
                print::values(Typed { kind, count, data }, out)?;
            }
        }
        Ok(())
    }
}
