//! FORMAT and the sample columns of a merged record: all tags in the order they are first seen, GT in
//! front, missing values for samples of files that do not have the tag.

use super::genotype::Genotypes;
use super::info::places;
use super::{Error, Member, Row};
use crate::header::{Header, Number, Type};
use crate::record::subfield;

pub(super) fn print(
    header: &Header,
    row: &Row<'_, '_>,
    columns: &[usize],
    genotypes: &Genotypes,
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    let alleles = row.alleles.len();
    let mut tags: Vec<&[u8]> = Vec::new();
    for member in row.members() {
        for tag in member.record.format_keys() {
            if tag != b"GT" && !tags.contains(&tag) {
                tags.push(tag);
            }
        }
    }
    // A list per ALT allele has no place for values where there is none.
    let number = |tag: &[u8]| header.format(tag).map_or(Number::Fixed(1), |d| d.number);
    if alleles == 1 && tags.iter().any(|tag| number(tag) == Number::Alternate) {
        return Err(row.decline("values per ALT allele are merged without ALT"));
    }
    out.push(b'\t');
    let mut shown: Vec<&[u8]> = genotypes.texts.iter().map(|_| &b"GT"[..]).collect();
    shown.extend(&tags);
    if shown.is_empty() {
        out.push(b'.');
    }
    out.extend_from_slice(&shown.join(&b":"[..]));
    let mut start = 0;
    for (line, columns) in row.lines.iter().zip(columns) {
        let plans = tags
            .iter()
            .map(|tag| Plan::new(header, row, line.as_ref(), tag))
            .collect::<Result<Vec<_>, _>>()?;
        let mut texts = line.as_ref().map(|member| member.record.columns());
        for sample in start..start + columns {
            out.push(b'\t');
            let column = texts.as_mut().and_then(Iterator::next).unwrap_or(b".");
            let from = out.len();
            if let Some(texts) = &genotypes.texts {
                out.extend_from_slice(&texts[sample]);
            }
            for plan in &plans {
                if out.len() > from {
                    out.push(b':');
                }
                plan.print(column, genotypes.ploidy[sample], alleles, out);
            }
            if out.len() == from {
                out.push(b'.');
            }
        }
        start += columns;
    }
    Ok(())
}

/// What is done with a tag in the samples of one file.
enum Plan {
    /// The file does not have it.
    Absent(Vec<u8>),
    Copy(usize),
    /// Values go to other places.
    Move {
        field: usize,
        number: Number,
        kind: Type,
        map: Vec<usize>,
        places: Vec<usize>,
    },
}

impl Plan {
    fn new(
        header: &Header,
        row: &Row<'_, '_>,
        member: Option<&Member<'_, '_>>,
        tag: &[u8],
    ) -> Result<Self, Error> {
        let definition = header.format(tag);
        let (number, kind) =
            definition.map_or((Number::Fixed(1), Type::String), |d| (d.number, d.kind));
        let alleles = row.alleles.len();
        let length = match number {
            Number::Alternate => alleles - 1,
            Number::Allele => alleles,
            Number::Genotype => alleles * (alleles + 1) / 2,
            Number::Fixed(_) | Number::Unknown => 1,
            _ => return Err(row.decline("a FORMAT tag with local or unusual Number is merged")),
        };
        let member = member.and_then(|m| Some((m, m.record.format_index(tag)?)));
        let Some((member, field)) = member else {
            return Ok(Self::Absent(if kind == Type::String {
                [&b"."[..]].repeat(length).join(&b","[..])
            } else {
                b".".to_vec()
            }));
        };
        let listed = !matches!(number, Number::Fixed(_) | Number::Unknown);
        if listed && kind != Type::String {
            check_lengths(row, member, field, number)?;
        }
        if !listed || row.is_unchanged(member) {
            return Ok(Self::Copy(field));
        }
        if number == Number::Genotype
            && (kind == Type::String || member.record.format_index(b"GT").is_none())
        {
            return Err(row.decline("values per genotype are merged without GT or as text"));
        }
        Ok(Self::Move {
            field,
            number,
            kind,
            places: places(number, &member.map),
            map: member.map.clone(),
        })
    }

    fn print(&self, column: &[u8], ploidy: usize, alleles: usize, out: &mut Vec<u8>) {
        let (field, number, kind, map, places) = match self {
            Self::Absent(text) => return out.extend_from_slice(text),
            Self::Copy(field) => {
                return out.extend_from_slice(subfield(column, *field).unwrap_or(b"."));
            }
            Self::Move {
                field,
                number,
                kind,
                map,
                places,
            } => (*field, *number, *kind, map, places),
        };
        let text = subfield(column, field).unwrap_or(b".");
        let values = text.split(|b| *b == b',');
        let single = !text.contains(&b',');
        // One value where several are due is as good as none.
        if kind != Type::String && single && (text == b"." || places.len() > 1) {
            return out.push(b'.');
        }
        let haploid = number == Number::Genotype && ploidy == 1;
        let (places, length) = match number {
            Number::Genotype if haploid => (map, alleles),
            Number::Genotype => (places, alleles * (alleles + 1) / 2),
            Number::Alternate => (places, alleles - 1),
            _ => (places, alleles),
        };
        let mut moved: Vec<&[u8]> = vec![b"."; length];
        for (value, place) in values.zip(places) {
            if let Some(target) = moved.get_mut(*place) {
                *target = value;
            }
        }
        for (n, value) in moved.iter().enumerate() {
            if n > 0 {
                out.push(b',');
            }
            out.extend_from_slice(value);
        }
    }
}

/// The longest list of the samples must be one value, or as long as the alleles demand.
fn check_lengths(
    row: &Row<'_, '_>,
    member: &Member<'_, '_>,
    field: usize,
    number: Number,
) -> Result<(), Error> {
    let alleles = member.map.len();
    let longest = member
        .record
        .columns()
        .filter_map(|column| subfield(column, field))
        .map(|text| memchr::memchr_iter(b',', text).count() + 1)
        .max()
        .unwrap_or(1);
    let fits = match number {
        Number::Alternate => longest == alleles - 1,
        Number::Genotype => longest == alleles * (alleles + 1) / 2 || longest == alleles,
        _ => longest == alleles,
    };
    if longest == 1 || fits {
        Ok(())
    } else {
        Err(row.decline("a FORMAT list of the wrong length is merged"))
    }
}
