//! Which records of several files at one site belong together, and in which order: as htslib 1.24's
//! synchronised reader decides it for `merge` and `concat --allow-overlaps`: records with the same
//! alleles, or of the same kind where `concat --rm-dups` asks for that.

use std::collections::HashMap;

use crate::expr::variant;
use crate::record::Record;

const REFERENCE: u8 = 1;
const SNP: u8 = 2;
const INDEL: u8 = 4;
const OTHER: u8 = 8;

/// Which records of different files belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Likeness {
    /// Those with the same alleles.
    #[default]
    Alleles,
    /// Also SNPs with SNPs.
    Snps,
    /// Also indels with indels.
    Indels,
    /// Also SNPs with SNPs and indels with indels.
    Both,
    /// Any, those of one kind before others.
    Any,
}

impl Likeness {
    /// From the value of `concat -d`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "snps" => Self::Snps,
            "indels" => Self::Indels,
            "both" => Self::Both,
            "all" | "any" => Self::Any,
            "none" | "exact" => Self::Alleles,
            _ => return None,
        })
    }

    /// How well two kinds go together; 0 not at all.
    fn score(self, one: u8, other: u8) -> u32 {
        let snps = matches!(self, Self::Snps | Self::Both | Self::Any);
        let indels = matches!(self, Self::Indels | Self::Both | Self::Any);
        let of = |one, other| match (one, other) {
            (SNP, SNP) if snps => 3,
            (INDEL, INDEL) if indels => 3,
            (REFERENCE, SNP | INDEL) | (SNP | INDEL, REFERENCE) if self == Self::Any => 2,
            _ => 0,
        };
        if self == Self::Any {
            return of(one, other).max(1);
        }
        let bits = |kind: u8| {
            [REFERENCE, SNP, INDEL, OTHER]
                .into_iter()
                .filter(move |bit| kind & bit != 0)
        };
        let pairs = bits(one).flat_map(|a| bits(other).map(move |b| of(a, b)));
        pairs.max().unwrap_or(0)
    }
}

/// A set of equal records of different files.
struct Variant {
    alleles: Vec<Vec<u8>>,
    text: Vec<u8>,
    kind: u8,
    /// File and place in it.
    records: Vec<(usize, usize)>,
    groups: Vec<usize>,
}

/// Variants that become one row.
struct Set {
    variants: Vec<usize>,
    groups: Vec<usize>,
    count: usize,
}

/// Rows, each with the place of a record, or none, per file. Needs records of at least one file.
pub(crate) fn rows(files: &[Vec<Record<'_>>], likeness: Likeness) -> Vec<Vec<Option<usize>>> {
    let present = files.iter().filter(|records| !records.is_empty()).count();
    if present == 1 {
        return alone(files);
    }
    let variants = variants(files);
    let mut sets: Vec<Set> = variants
        .iter()
        .enumerate()
        .map(|(n, variant)| Set {
            variants: vec![n],
            groups: variant.groups.clone(),
            count: variant.records.len(),
        })
        .collect();
    let mut rows = Vec::new();
    while !sets.is_empty() {
        let mut most = 0;
        for (n, set) in sets.iter().enumerate() {
            if set.count > sets[most].count {
                most = n;
            }
        }
        let mut partner: Option<(usize, u32)> = None;
        for (n, set) in sets.iter().enumerate() {
            if set.groups.iter().any(|g| sets[most].groups.contains(g)) {
                continue;
            }
            let score = score(&variants, &sets[most], set, likeness);
            if score > partner.map_or(0, |(_, best)| best) {
                partner = Some((n, score));
            }
        }
        let partner = partner.map(|(n, _)| n);
        if let Some(partner) = partner {
            let (first, second) = (most.min(partner), most.max(partner));
            let joined = sets.remove(second);
            let set = &mut sets[first];
            set.variants.extend(joined.variants);
            set.groups.extend(joined.groups);
            set.count += joined.count;
            continue;
        }
        let set = sets.remove(most);
        let mut row = vec![None; files.len()];
        for variant in set.variants {
            for (file, nth) in &variants[variant].records {
                row[*file] = Some(*nth);
            }
        }
        rows.push(row);
    }
    rows
}

/// One file alone keeps its order.
fn alone(files: &[Vec<Record<'_>>]) -> Vec<Vec<Option<usize>>> {
    let of_file = |(file, records): (usize, &Vec<Record<'_>>)| {
        (0..records.len())
            .map(|nth| {
                let mut row = vec![None; files.len()];
                row[file] = Some(nth);
                row
            })
            .collect::<Vec<_>>()
    };
    files.iter().enumerate().flat_map(of_file).collect()
}

fn variants(files: &[Vec<Record<'_>>]) -> Vec<Variant> {
    let mut variants: Vec<Variant> = Vec::new();
    let mut known: HashMap<Vec<u8>, usize> = HashMap::new();
    let mut groups: Vec<Vec<Vec<u8>>> = Vec::new();
    for (file, records) in files.iter().enumerate().filter(|(_, r)| !r.is_empty()) {
        let mut own = Vec::with_capacity(records.len());
        let mut texts = Vec::with_capacity(records.len());
        for (nth, record) in records.iter().enumerate() {
            let alleles = alleles(record);
            let text = alleles.join(&b","[..]);
            // Repetitions within a file are told apart by a number.
            let mut key = text.clone();
            let mut repetition = 0;
            let place = loop {
                match known.get(&key) {
                    Some(place)
                        if variants[*place].records.last().map(|(f, _)| *f) == Some(file) =>
                    {
                        key.truncate(text.len());
                        key.extend_from_slice(repetition.to_string().as_bytes());
                        repetition += 1;
                    }
                    Some(place) => break *place,
                    None => {
                        known.insert(key, variants.len());
                        variants.push(Variant {
                            alleles,
                            text: text.clone(),
                            kind: 0,
                            records: vec![],
                            groups: vec![],
                        });
                        break variants.len() - 1;
                    }
                }
            };
            variants[place].kind = kind(record);
            variants[place].records.push((file, nth));
            own.push(place);
            texts.push(text);
        }
        texts.sort_unstable();
        if !groups.contains(&texts) {
            for place in own {
                variants[place].groups.push(groups.len());
            }
            groups.push(texts);
        }
    }
    variants
}

/// `REF>ALT` for each allele, with END for symbolic ones.
fn alleles(record: &Record<'_>) -> Vec<Vec<u8>> {
    let mut end = None;
    let mut found: Vec<Vec<u8>> = record
        .alts()
        .map(|alt| {
            let mut text = [record.reference, b">", alt].concat();
            if alt.first() == Some(&b'<') {
                let end = *end.get_or_insert_with(|| end_of(record));
                if end != 0 {
                    text.extend_from_slice(format!("/{end}").as_bytes());
                }
            }
            text
        })
        .collect();
    if found.is_empty() {
        found.push([record.reference, b">."].concat());
    }
    found
}

fn end_of(record: &Record<'_>) -> i64 {
    let value = record.info_value(b"END").flatten().unwrap_or(b"0");
    std::str::from_utf8(value)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(0)
}

fn kind(record: &Record<'_>) -> u8 {
    let kinds = variant::types(record);
    if kinds == 0 {
        return REFERENCE;
    }
    let bit = |of: i32, bit: u8| if kinds & of != 0 { bit } else { 0 };
    bit(variant::SNP | variant::MNP, SNP) | bit(variant::INDEL, INDEL) | bit(variant::OTHER, OTHER)
}

/// How well two sets go together; 0 not at all. Where a variant of one has the alleles of one of the other, nothing goes
/// better.
fn score(variants: &[Variant], one: &Set, other: &Set, likeness: Likeness) -> u32 {
    let of = |set: &Set| set.variants.clone().into_iter().map(|n| &variants[n]);
    let mut least = u32::MAX;
    for a in of(one) {
        for b in of(other) {
            if a.kind == b.kind && a.text == b.text {
                return u32::MAX;
            }
            if likeness == Likeness::Alleles {
                if a.kind == b.kind && is_same(a, b) {
                    return u32::MAX;
                }
                continue;
            }
            if a.kind & b.kind != 0 && a.alleles.iter().any(|allele| has(b, allele)) {
                return u32::MAX;
            }
            match likeness.score(a.kind, b.kind) {
                0 => return 0,
                score => least = least.min(score),
            }
        }
    }
    if likeness == Likeness::Alleles || least == u32::MAX {
        return 0;
    }
    let records: usize = of(one).chain(of(other)).map(|v| v.records.len()).sum();
    (1 << (28 + least)) + u32::try_from(records).unwrap_or(u32::MAX >> 4)
}

/// Whether both have the same alleles in any order.
fn is_same(a: &Variant, b: &Variant) -> bool {
    a.alleles.len() == b.alleles.len()
        && a.text.len() == b.text.len()
        && a.alleles.iter().all(|allele| has(b, allele))
}

fn has(variant: &Variant, allele: &[u8]) -> bool {
    variant
        .alleles
        .iter()
        .any(|a| a.eq_ignore_ascii_case(allele))
}
