//! Reads genotypes: as labels, as text, as sets of alleles, and how many are missing.

use super::error::EvaluationError;
use super::program::{Amount, GenotypeLabel, LabelSet};
use super::value::Slot;
use crate::header::Version;
use crate::record::{Genotype, Record, subfield};

/// The GT subfields of a record, sample by sample; `None` if it has none.
pub(super) fn of_samples<'a>(
    record: &Record<'a>,
) -> Option<impl Iterator<Item = Result<&'a [u8], EvaluationError>> + use<'a>> {
    let index = record.format_index(b"GT")?;
    Some(record.columns().map(move |column| match index {
        0 => Ok(first_subfield(column)),
        // bcftools reads an impossible allele where GT is not the first key and left out.
        _ => subfield(column, index).ok_or(EvaluationError::OmittedGenotype),
    }))
}

fn first_subfield(column: &[u8]) -> &[u8] {
    match column {
        // By far the most: two alleles of one digit.
        [_, b'/' | b'|', _] => column,
        [_, b'/' | b'|', _, b':', ..] => &column[..3],
        _ => memchr::memchr(b':', column).map_or(column, |end| &column[..end]),
    }
}

/// What labels are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Call {
    ploidy: usize,
    missing: bool,
    has_reference: bool,
    heterozygous: bool,
}

impl Call {
    fn new(text: &[u8], version: Version) -> Self {
        if let [a @ b'0'..=b'9', b'/' | b'|', b @ b'0'..=b'9'] = text {
            return Self {
                ploidy: 2,
                missing: false,
                has_reference: *a == b'0' || *b == b'0',
                heterozygous: a != b,
            };
        }
        let mut call = Self {
            ploidy: 0,
            missing: false,
            has_reference: false,
            heterozygous: false,
        };
        let mut before = None;
        for allele in Genotype::new(text, version) {
            let Some(index) = allele.index else {
                call.missing = true;
                break;
            };
            call.has_reference |= index == 0;
            call.heterozygous |= before.is_some_and(|before| before != index);
            before = Some(index);
            call.ploidy += 1;
        }
        call
    }

    fn label(self, set: LabelSet) -> &'static str {
        let missing = self.missing || self.ploidy == 0;
        match set {
            LabelSet::Reference if missing => "mis",
            LabelSet::Reference if self.has_reference && !self.heterozygous => "ref",
            LabelSet::Reference => "alt",
            _ if missing => ".",
            LabelSet::Zygosity if self.ploidy == 1 => "hap",
            LabelSet::Zygosity if self.heterozygous => "het",
            LabelSet::Zygosity => "hom",
            LabelSet::Alleles => match (self.ploidy, self.heterozygous, self.has_reference) {
                (1, _, true) => "r",
                (1, _, false) => "a",
                (_, false, true) => "rr",
                (_, false, false) => "aa",
                (_, true, true) => "ra",
                (_, true, false) => "aA",
            },
        }
    }
}

/// Compares the genotypes of the samples in `mask` with a label.
pub(super) fn compare(
    record: &Record<'_>,
    version: Version,
    kind: GenotypeLabel,
    equal: bool,
    mask: &[bool],
    wants_samples: bool,
    result: &mut Slot,
) -> Result<(), EvaluationError> {
    result.fail(mask.len());
    let Some(genotypes) = of_samples(record) else {
        // Without genotypes every sample differs.
        if !equal {
            result.samples.copy_from_slice(mask);
            result.site = mask.contains(&true);
        }
        return Ok(());
    };
    for ((sample, genotype), _) in genotypes.enumerate().zip(mask).filter(|(_, taken)| **taken) {
        if (Call::new(genotype?, version).label(kind.set) == kind.label) == equal {
            result.samples[sample] = true;
            result.site = true;
            if !wants_samples {
                break;
            }
        }
    }
    Ok(())
}

/// The labels of all samples as text.
pub(super) fn labels(
    record: &Record<'_>,
    version: Version,
    set: LabelSet,
    slot: &mut Slot,
) -> Result<(), EvaluationError> {
    texts(record, slot, |text, out| {
        out.extend_from_slice(Call::new(text, version).label(set).as_bytes());
    })
}

/// The genotypes of all samples as bcftools prints them, without a phase before the first allele.
pub(super) fn text(
    record: &Record<'_>,
    version: Version,
    slot: &mut Slot,
) -> Result<(), EvaluationError> {
    texts(record, slot, |text, out| {
        for (place, allele) in Genotype::new(text, version).enumerate() {
            if place > 0 {
                out.push(if allele.phased { b'|' } else { b'/' });
            }
            match allele.index {
                None => out.push(b'.'),
                Some(index) => out.extend_from_slice(index.to_string().as_bytes()),
            }
        }
    })
}

/// A text for each genotype.
fn texts(
    record: &Record<'_>,
    slot: &mut Slot,
    print: impl Fn(&[u8], &mut Vec<u8>),
) -> Result<(), EvaluationError> {
    slot.clear();
    let Some(genotypes) = of_samples(record) else {
        return Ok(());
    };
    for genotype in genotypes {
        print(genotype?, &mut slot.text);
        slot.ends.push(slot.text.len());
    }
    slot.present = true;
    Ok(())
}

/// For each sample the set of its alleles, one bit each; `None` without genotypes or with an allele beyond 63.
pub(super) fn allele_sets(
    record: &Record<'_>,
    version: Version,
    sets: &mut Vec<u64>,
) -> Result<Option<()>, EvaluationError> {
    sets.clear();
    let Some(genotypes) = of_samples(record) else {
        return Ok(None);
    };
    for genotype in genotypes {
        let mut set = 0;
        for index in Genotype::new(genotype?, version).filter_map(|allele| allele.index) {
            match 1u64.checked_shl(index) {
                Some(bit) => set |= bit,
                None => return Ok(None),
            }
        }
        sets.push(set);
    }
    Ok(Some(()))
}

/// `N_MISSING` and `F_MISSING`: samples with a missing allele, over `samples` samples.
pub(super) fn missing(
    record: &Record<'_>,
    version: Version,
    samples: usize,
    amount: Amount,
    slot: &mut Slot,
) -> Result<(), EvaluationError> {
    slot.clear();
    if samples == 0 {
        slot.set(0.0);
        return Ok(());
    }
    let Some(genotypes) = of_samples(record) else {
        return Ok(());
    };
    let mut missing = 0u32;
    for genotype in genotypes {
        let text = genotype?;
        if !matches!(text, [b'0'..=b'9', b'/' | b'|', b'0'..=b'9']) {
            missing += u32::from(Genotype::new(text, version).any(|allele| allele.index.is_none()));
        }
    }
    slot.set(match amount {
        Amount::Number => f64::from(missing),
        Amount::Fraction => f64::from(missing) / samples as f64,
    });
    Ok(())
}
