//! Genotypes renumbered, and FORMAT fields of Number A, R and G cut down.

use crate::header::{Number, Type, Version};
use crate::number::print_integer;
use crate::record::{Genotype, Record, RecordError, subfield};

use super::Cut;
use super::values::Alleles;

/// What became of FORMAT and the sample columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// There are none.
    Unchanged,
    /// They were written with a tab between them; FORMAT ends at this place.
    Rewritten(usize),
}

/// How one subfield is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Copied,
    Genotype,
    Values(Number, Type),
    /// Number=A where no ALT allele is left: the tag goes.
    Removed,
}

pub(super) fn trim(
    record: &Record<'_>,
    cut: &Cut<'_>,
    alleles: &Alleles,
    out: &mut Vec<u8>,
) -> Result<Format, RecordError> {
    out.clear();
    if record.format.is_none() || record.samples.is_none() || record.format == Some(b".") {
        return Ok(Format::Unchanged);
    }
    let fields: Vec<Field> = record
        .format_keys()
        .enumerate()
        .map(|(place, key)| match cut.header.format(key) {
            _ if key == b"GT" => Field::Genotype,
            Some(definition) => match definition.number {
                Number::Alternate
                    if alleles.kept == 1
                        && definition.kind != Type::String
                        && (alleles.count() == 2 || has_values(cut.all_samples, place)) =>
                {
                    Field::Removed
                }
                Number::Alternate | Number::Allele | Number::Genotype => {
                    Field::Values(definition.number, definition.kind)
                }
                _ => Field::Copied,
            },
            None => Field::Copied,
        })
        .collect();
    let names: Vec<&[u8]> = record.format_keys().collect();
    let shown = || {
        fields
            .iter()
            .zip(&names)
            .filter(|(f, _)| **f != Field::Removed)
    };
    for (n, (_, name)) in shown().enumerate() {
        if n > 0 {
            out.push(b':');
        }
        out.extend_from_slice(name);
    }
    let end = out.len();
    for (number, column) in record.columns().enumerate() {
        out.push(b'\t');
        let mut first = true;
        for ((field, name), text) in fields.iter().zip(&names).zip(column.split(|b| *b == b':')) {
            if *field == Field::Removed {
                continue;
            }
            if !first {
                out.push(b':');
            }
            first = false;
            let result = match field {
                Field::Copied | Field::Removed => {
                    out.extend_from_slice(text);
                    Ok(())
                }
                Field::Genotype => {
                    renumber(text, cut.version, alleles, out);
                    Ok(())
                }
                Field::Values(number, kind) => values(text, *number, *kind, alleles, out),
            };
            result.map_err(|reason| RecordError::Subfield {
                sample: number + 1,
                tag: String::from_utf8_lossy(name).into_owned(),
                reason,
            })?;
        }
        if first {
            out.push(b'.');
        }
    }
    Ok(Format::Rewritten(end))
}

/// Alleles that went become missing; what stands between alleles stays.
fn renumber(text: &[u8], version: Version, alleles: &Alleles, out: &mut Vec<u8>) {
    let start = out.len();
    let prefixed = version >= Version::PREFIXED_PHASE && matches!(text.first(), Some(b'/' | b'|'));
    if prefixed {
        out.push(text[0]);
    }
    let mut ploidy = 0;
    let mut lost = false;
    for allele in Genotype::new(text, version) {
        if ploidy > 0 {
            out.push(if allele.phased { b'|' } else { b'/' });
        }
        ploidy += 1;
        let new = allele
            .index
            .and_then(|index| alleles.new_index(index as usize));
        lost |= allele.index.is_some() && new.is_none();
        match new {
            Some(index) => print_integer(i64::from(index), out),
            None => out.push(b'.'),
        }
    }
    // A haploid call counts as phased, and does so still when its allele is missing.
    if lost && ploidy == 1 && !prefixed && version >= Version::PREFIXED_PHASE {
        out.insert(start, b'|');
    }
}

fn values(
    text: &[u8],
    number: Number,
    kind: Type,
    alleles: &Alleles,
    out: &mut Vec<u8>,
) -> Result<(), &'static str> {
    if text == b"." || text.is_empty() {
        out.extend_from_slice(text);
        return Ok(());
    }
    let found = text.split(|b| *b == b',').count();
    let exact = kind == Type::String;
    let wrong = |expected: usize| found > expected || (exact && found != expected);
    const TOO_MANY: &str = "the number of values does not fit the alleles";
    let written = match number {
        Number::Alternate if wrong(alleles.count() - 1) => return Err(TOO_MANY),
        Number::Alternate => alleles.write_alternates(text, out),
        Number::Allele if wrong(alleles.count()) => return Err(TOO_MANY),
        Number::Allele => alleles.write_alleles(text, out),
        _ if found == alleles.count() => alleles.write_alleles(text, out),
        _ if wrong(alleles.genotypes()) => return Err(TOO_MANY),
        _ => alleles.write_genotypes(text, out),
    };
    if written == 0 {
        out.push(b'.');
    }
    Ok(())
}

/// Whether any sample has a value in the subfield at this place.
fn has_values(samples: Option<&[u8]>, place: usize) -> bool {
    samples
        .into_iter()
        .flat_map(|samples| samples.split(|b| *b == b'\t'))
        .filter_map(|column| subfield(column, place))
        .any(|text| text != b"." && !text.is_empty())
}
