//! `-g` and `-p`: kinds and phases of the genotypes at a site.

use crate::command::{GenotypeFilter, GenotypeKind, Sites};
use crate::header::Version;
use crate::record::{Genotype, Record, subfield};

/// `-g`; sites without GT pass.
pub(super) fn genotypes_pass(
    filter: GenotypeFilter,
    record: &Record<'_>,
    version: Version,
) -> bool {
    let Some(index) = record.format_index(b"GT") else {
        return true;
    };
    let found = record
        .columns()
        .any(|column| kind(subfield(column, index), version) == filter.genotype);
    found == (filter.sites == Sites::Select)
}

fn kind(text: Option<&[u8]>, version: Version) -> GenotypeKind {
    let Some(text) = text else {
        return GenotypeKind::Missing;
    };
    let mut first = None;
    let mut kind = GenotypeKind::Homozygous;
    for allele in Genotype::new(text, version) {
        let Some(index) = allele.index else {
            return GenotypeKind::Missing;
        };
        if *first.get_or_insert(index) != index {
            kind = GenotypeKind::Heterozygous;
        }
    }
    if first.is_none() {
        GenotypeKind::Missing
    } else {
        kind
    }
}

/// `-p` and `-P`: whether all samples are phased. Haploid genotypes are, and sites without GT.
pub(super) fn all_phased(record: &Record<'_>, version: Version) -> bool {
    let Some(index) = record.format_index(b"GT") else {
        return true;
    };
    record.columns().all(|column| {
        subfield(column, index).is_none_or(|text| {
            let mut ploidy = 0;
            let mut phased = false;
            for allele in Genotype::new(text, version) {
                ploidy += 1;
                phased |= allele.phased && allele.index.is_some();
            }
            phased || ploidy == 1
        })
    })
}
