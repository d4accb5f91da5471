//! Which records of several files at one site belong together, and in which order: as htslib 1.24's
//! synchronised reader decides it for `merge` and `concat --allow-overlaps`: records with the same
//! alleles.

use std::collections::HashMap;

use crate::command::VariantType;
use crate::record::Record;
use crate::view::classify;

const REFERENCE: u8 = 1;
const SNP: u8 = 2;
const INDEL: u8 = 4;
const OTHER: u8 = 8;

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
pub(crate) fn rows(files: &[Vec<Record<'_>>]) -> Vec<Vec<Option<usize>>> {
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
        let partner = sets.iter().position(|set| {
            let apart = set.groups.iter().all(|g| !sets[most].groups.contains(g));
            apart && are_equal(&variants, &sets[most], set)
        });
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
    let mut any = false;
    let mut bits = 0;
    for alt in record.alts() {
        let Some(kind) = classify(record.reference, alt) else {
            continue;
        };
        any = true;
        bits |= match kind {
            VariantType::Snp | VariantType::Mnp => SNP,
            VariantType::Indel => INDEL,
            VariantType::Other => OTHER,
            _ => 0,
        };
    }
    if any { bits } else { REFERENCE }
}

/// Whether a variant of one set has the alleles of one of the other.
fn are_equal(variants: &[Variant], one: &Set, other: &Set) -> bool {
    let of = |set: &Set| set.variants.clone().into_iter().map(|n| &variants[n]);
    of(one).any(|a| of(other).any(|b| a.kind == b.kind && (a.text == b.text || is_same(a, b))))
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
