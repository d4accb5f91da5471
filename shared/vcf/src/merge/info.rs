//! INFO of a merged record: DP and DP4 are summed, values per allele go to the places of the alleles,
//! the rest is that of the first file that has it; AN and AC are counted anew.

use super::genotype::Genotypes;
use super::{Error, ErrorKind, Row};
use crate::header::{Header, Number, Type};

const SUMMED: [&[u8]; 2] = [b"DP", b"DP4"];

/// Declines sums that bcftools would not take of fixed lists of integers.
pub(super) fn check(header: &Header) -> Result<(), Error> {
    for tag in SUMMED {
        let odd = header.info(tag).is_some_and(|definition| {
            definition.kind != Type::Integer || !matches!(definition.number, Number::Fixed(_))
        });
        if odd {
            let tag = String::from_utf8_lossy(tag);
            let reason = format!("INFO/{tag} is not declared as a fixed number of integers");
            return Err(ErrorKind::Declined(reason).into());
        }
    }
    Ok(())
}

/// Values per allele or genotype, each still text.
struct PerAllele<'r> {
    tag: &'r [u8],
    kind: Type,
    values: Vec<&'r [u8]>,
}

pub(super) fn print(
    header: &Header,
    row: &Row<'_, '_>,
    genotypes: &Genotypes,
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    let mut plain: Vec<(&[u8], Option<&[u8]>)> = Vec::new();
    let mut sums: [Option<Vec<i64>>; 2] = [None, None];
    let mut lists: Vec<PerAllele<'_>> = Vec::new();
    for member in row.members() {
        for (tag, value) in member.record.info_fields() {
            if tag == b"AC" || tag == b"AN" {
                continue;
            }
            if let Some(place) = SUMMED.iter().position(|summed| *summed == tag)
                && header.info(tag).is_some()
            {
                add(&mut sums[place], value).ok_or_else(|| row.decline("odd values are summed"))?;
                continue;
            }
            let number = header.info(tag).map_or(Number::Fixed(1), |d| d.number);
            let alleles = row.alleles.len();
            let length = match number {
                Number::Alternate => alleles - 1,
                Number::Allele => alleles,
                Number::Genotype => alleles * (alleles + 1) / 2,
                _ => {
                    if plain.iter().all(|(known, _)| *known != tag) {
                        plain.push((tag, value));
                    }
                    continue;
                }
            };
            let value = value.ok_or_else(|| row.decline("an empty list per allele is merged"))?;
            let place = lists.iter().position(|list| list.tag == tag);
            let place = place.unwrap_or_else(|| {
                lists.push(PerAllele {
                    tag,
                    kind: header.info(tag).map_or(Type::String, |d| d.kind),
                    values: vec![b"."; length],
                });
                lists.len() - 1
            });
            lists[place]
                .fill(value, number, &member.map)
                .ok_or_else(|| row.decline("an INFO list of the wrong length is merged"))?;
        }
    }
    let start = out.len();
    let key = |tag: &[u8], out: &mut Vec<u8>| {
        if out.len() > start {
            out.push(b';');
        }
        out.extend_from_slice(tag);
    };
    for (tag, value) in plain {
        key(tag, out);
        if let Some(value) = value {
            out.push(b'=');
            out.extend_from_slice(value);
        }
    }
    for (tag, sum) in SUMMED.iter().zip(&sums) {
        if let Some(sum) = sum {
            key(tag, out);
            out.push(b'=');
            numbers(sum.iter(), out);
        }
    }
    for list in lists.iter().filter(|list| !list.values.is_empty()) {
        key(list.tag, out);
        out.push(b'=');
        out.extend_from_slice(&list.values.join(&b","[..]));
    }
    if genotypes.texts.is_some() {
        if header.info(b"AN").is_some() {
            key(b"AN", out);
            out.extend_from_slice(format!("={}", genotypes.counts.iter().sum::<u64>()).as_bytes());
        }
        if header.info(b"AC").is_some() && genotypes.counts.len() > 1 {
            key(b"AC", out);
            out.push(b'=');
            numbers(genotypes.counts[1..].iter(), out);
        }
    }
    if out.len() == start {
        out.push(b'.');
    }
    Ok(())
}

/// Adds to a sum; a missing value counts as 0.
fn add(sum: &mut Option<Vec<i64>>, value: Option<&[u8]>) -> Option<()> {
    let text = std::str::from_utf8(value?).ok()?;
    let values: Vec<i64> = text
        .split(',')
        .map(|item| {
            if item == "." {
                Some(0)
            } else {
                item.parse().ok()
            }
        })
        .collect::<Option<_>>()?;
    match sum {
        None => *sum = Some(values),
        Some(sum) => {
            if sum.len() != values.len() {
                return None;
            }
            for (total, value) in sum.iter_mut().zip(values) {
                *total += value;
            }
        }
    }
    let fits = |total: &i64| i32::try_from(*total).is_ok();
    sum.iter().flatten().all(fits).then_some(())
}

fn numbers<T: ToString>(values: impl Iterator<Item = T>, out: &mut Vec<u8>) {
    for (n, value) in values.enumerate() {
        if n > 0 {
            out.push(b',');
        }
        out.extend_from_slice(value.to_string().as_bytes());
    }
}

impl<'r> PerAllele<'r> {
    /// Puts the values of one record in their places; the value of a later file replaces a number, not
    /// a text.
    fn fill(&mut self, text: &'r [u8], number: Number, map: &[usize]) -> Option<()> {
        let values: Vec<&[u8]> = text.split(|b| *b == b',').collect();
        let places = places(number, map);
        if values.len() != places.len() && values.as_slice() != [b"."] {
            return None;
        }
        if self.kind == Type::String && values.len() != places.len() {
            return None;
        }
        for (value, place) in values.into_iter().zip(places) {
            let target = self.values.get_mut(place)?;
            if value != b"." && (self.kind != Type::String || *target == b".") {
                *target = value;
            }
        }
        Some(())
    }
}

/// Where each value of a list per allele or genotype goes.
pub(super) fn places(number: Number, map: &[usize]) -> Vec<usize> {
    match number {
        Number::Alternate => map[1..].iter().map(|place| place - 1).collect(),
        Number::Genotype => {
            let pairs = map.iter().enumerate();
            pairs
                .flat_map(|(n, a)| map[..=n].iter().map(move |b| genotype_place(*a, *b)))
                .collect()
        }
        _ => map.to_vec(),
    }
}

/// The place of a diploid genotype in lists per genotype (VCF 4.5 §1.6.2).
fn genotype_place(a: usize, b: usize) -> usize {
    let (low, high) = (a.min(b), a.max(b));
    high * (high + 1) / 2 + low
}
