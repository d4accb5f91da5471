//! One FORMAT tag in the samples of one file: copied, missing, or with its values in other places.

use smallvec::SmallVec;

use super::missing::Filling;
use super::row::{Member, Row};
use super::small::Places;
use crate::error::Error;
use crate::header::{Definition, Number, Type};
use crate::number::float_prefix;
use crate::record::subfield;

/// How values depend on alleles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PerAllele {
    /// They do not.
    No,
    /// One per ALT.
    Alternate,
    /// One per allele.
    All,
    /// One per genotype.
    Genotype,
}

impl PerAllele {
    pub(super) fn of(number: Number) -> Self {
        match number {
            Number::Alternate => Self::Alternate,
            Number::Allele => Self::All,
            Number::Genotype => Self::Genotype,
            _ => Self::No,
        }
    }

    /// How many values there are for this many alleles, REF included; for genotypes the diploid ones.
    pub(super) fn length(self, alleles: usize) -> usize {
        match self {
            Self::No => 1,
            Self::Alternate => alleles - 1,
            Self::All => alleles,
            Self::Genotype => alleles * (alleles + 1) / 2,
        }
    }

    /// Where each value of a list goes.
    pub(super) fn places(self, map: &[usize]) -> Places {
        match self {
            Self::Alternate => map[1..].iter().map(|place| place - 1).collect(),
            Self::Genotype => {
                let pairs = map.iter().enumerate();
                pairs
                    .flat_map(|(n, a)| map[..=n].iter().map(move |b| genotype_place(*a, *b)))
                    .collect()
            }
            Self::All | Self::No => Places::from_slice(map),
        }
    }
}

/// The place of a diploid genotype in lists per genotype (VCF 4.5 §1.6.2).
fn genotype_place(a: usize, b: usize) -> usize {
    let (low, high) = (a.min(b), a.max(b));
    high * (high + 1) / 2 + low
}

/// What is done with a tag in the samples of one file.
pub(super) enum Plan {
    /// The file does not have it; so many missing values are printed instead.
    Absent(usize),
    /// The subfield of this number is copied.
    Copy(usize),
    /// Values go to other places.
    Move(Box<Move>),
}

pub(super) struct Move {
    field: usize,
    per: PerAllele,
    kind: Type,
    map: Places,
    places: Places,
    alleles: usize,
    unseen: Option<usize>,
    filling: Filling,
}

impl Plan {
    pub(super) fn new(
        row: &Row<'_, '_>,
        member: Option<&Member<'_, '_>>,
        tag: &[u8],
        definition: Definition,
        filling: Option<&Filling>,
    ) -> Result<Self, Error> {
        let Definition { number, kind } = definition;
        let per = PerAllele::of(number);
        let found = member.and_then(|m| Some((m, m.record.format_index(tag)?)));
        let Some((member, field)) = found else {
            let values = match kind {
                Type::String => per.length(row.alleles.len()),
                _ => 1,
            };
            return Ok(Self::Absent(values));
        };
        if per == PerAllele::No || row.is_unchanged(member) {
            return Ok(Self::Copy(field));
        }
        if kind == Type::String {
            if per == PerAllele::Genotype {
                let tag = String::from_utf8_lossy(tag);
                let reason =
                    format!("FORMAT/{tag} holds text per genotype, which cannot be merged");
                return Err(row.fault(reason));
            }
        } else {
            check_length(row, member, tag, field, per)?;
        }
        Ok(Self::Move(Box::new(Move {
            field,
            per,
            kind,
            places: per.places(&member.map),
            map: member.map.clone(),
            alleles: row.alleles.len(),
            unseen: member.unseen,
            filling: filling.cloned().unwrap_or(Filling::Missing),
        })))
    }

    /// Prints the tag of one sample.
    pub(super) fn print(&self, column: &[u8], ploidy: usize, out: &mut Vec<u8>) {
        match self {
            Self::Absent(values) => {
                out.push(b'.');
                for _ in 1..*values {
                    out.extend_from_slice(b",.");
                }
            }
            Self::Copy(field) => {
                out.extend_from_slice(subfield(column, *field).unwrap_or(b"."));
            }
            Self::Move(moved) => moved.print(column, ploidy, out),
        }
    }
}

impl Move {
    fn print(&self, column: &[u8], ploidy: usize, out: &mut Vec<u8>) {
        let text = subfield(column, self.field).unwrap_or(b".");
        if self.kind != Type::String && text == b"." {
            return out.push(b'.');
        }
        let haploid = self.per == PerAllele::Genotype && ploidy == 1;
        let (places, length) = if haploid {
            (&self.map, self.alleles)
        } else {
            (&self.places, self.per.length(self.alleles))
        };
        let mut values = text.split(|b| *b == b',');
        let fill = match self.unseen {
            Some(unseen) if self.kind != Type::String => {
                let place = match self.per {
                    PerAllele::Genotype if !haploid => (unseen + 1) * (unseen + 2) / 2 - 1,
                    PerAllele::Alternate => unseen - 1,
                    _ => unseen,
                };
                values.clone().nth(place).unwrap_or(b".")
            }
            None if self.kind != Type::String => self.filling(text),
            _ => b".",
        };
        let mut moved: SmallVec<[&[u8]; 10]> = SmallVec::from_elem(fill, length);
        for place in places {
            let (Some(value), Some(target)) = (values.next(), moved.get_mut(*place)) else {
                break;
            };
            *target = value;
        }
        for (n, value) in moved.iter().enumerate() {
            if n > 0 {
                out.push(b',');
            }
            out.extend_from_slice(value);
        }
    }
}

impl Move {
    /// What stands for alleles of other files, if the file has no unseen allele.
    fn filling<'t>(&'t self, text: &'t [u8]) -> &'t [u8] {
        match &self.filling {
            Filling::Missing => b".",
            Filling::Number { integer, .. } if self.kind == Type::Integer => integer.as_bytes(),
            Filling::Number { float, .. } => float.as_bytes(),
            Filling::Greatest => greatest(text),
        }
    }
}

/// The greatest of a list of numbers as it is written; a dot if there is none.
fn greatest(text: &[u8]) -> &[u8] {
    let mut greatest: (&[u8], Option<f32>) = (b".", None);
    for item in text.split(|b| *b == b',').filter(|item| *item != b".") {
        let value = float_prefix(item).value;
        if value.is_some() && greatest.1.is_none_or(|known| value > Some(known)) {
            greatest = (item, value);
        }
    }
    greatest.0
}

/// The longest list of the samples must be one value, or as long as the alleles demand.
fn check_length(
    row: &Row<'_, '_>,
    member: &Member<'_, '_>,
    tag: &[u8],
    field: usize,
    per: PerAllele,
) -> Result<(), Error> {
    let alleles = member.map.len();
    let longest = member
        .record
        .columns()
        .filter_map(|column| subfield(column, field))
        .map(|text| memchr::memchr_iter(b',', text).count() + 1)
        .max()
        .unwrap_or(1);
    let haploid = per == PerAllele::Genotype && longest == alleles;
    if longest == 1 || haploid || longest == per.length(alleles) {
        return Ok(());
    }
    Err(row.fault(format!(
        "FORMAT/{} has {longest} values for {alleles} alleles",
        String::from_utf8_lossy(tag)
    )))
}
