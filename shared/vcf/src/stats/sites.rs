//! What a record is: its alleles, and what is counted of them.

use smallvec::SmallVec;

use super::Sites;
use crate::expr::variant::{INDEL, MNP, OTHER, SNP, of_allele};
use crate::record::Record;

/// One allele of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Allele {
    /// Bits of its kind; 0 for REF and what stands for no variant.
    pub(super) kind: i32,
    /// Its first base.
    pub(super) base: Option<u8>,
    /// Bases more than REF has.
    pub(super) longer: i64,
}

/// The alleles of a record, REF first.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) alleles: SmallVec<[Allele; 4]>,
    /// Kinds of all.
    pub(super) kinds: i32,
}

/// A, C, G, T by number.
fn base(allele: &[u8]) -> Option<u8> {
    match allele.first()?.to_ascii_uppercase() {
        b'A' => Some(0),
        b'C' => Some(1),
        b'G' => Some(2),
        b'T' => Some(3),
        _ => None,
    }
}

impl Site {
    pub(super) fn of(record: &Record<'_>) -> Self {
        let reference = record.reference;
        let mut alleles = SmallVec::new();
        alleles.push(Allele {
            kind: 0,
            base: base(reference),
            longer: 0,
        });
        let mut kinds = 0;
        for alternate in record.alts() {
            let kind = of_allele(reference, alternate);
            kinds |= kind;
            alleles.push(Allele {
                kind,
                base: base(alternate),
                longer: alternate.len() as i64 - reference.len() as i64,
            });
        }
        Self { alleles, kinds }
    }

    /// Whether the SNP to this base is a transition. To bcftools the base of a REF that is none is number -1.
    pub(super) fn is_transition(&self, to: u8) -> bool {
        let from = self.alleles[0].base.map_or(-1, i16::from);
        (from - i16::from(to)).abs() == 2
    }

    /// From which base to which the SNPs of ALT alleles lead, with the number of the allele.
    pub(super) fn substitutions(&self) -> impl Iterator<Item = (usize, u8, u8)> {
        let from = self.alleles[0].base;
        let alleles = self.alleles.iter().enumerate().skip(1);
        alleles.filter_map(move |(number, allele)| {
            let (from, to) = (from?, allele.base?);
            (allele.kind & SNP != 0 && from != to).then_some((number, from, to))
        })
    }
}

impl Sites {
    /// Counts a record, but for its substitutions.
    pub(super) fn count(&mut self, site: &Site) {
        self.records += 1;
        self.no_alts += u64::from(site.kinds == 0);
        self.snps += u64::from(site.kinds & SNP != 0);
        self.mnps += u64::from(site.kinds & MNP != 0);
        self.indels += u64::from(site.kinds & INDEL != 0);
        self.others += u64::from(site.kinds & OTHER != 0);
        if site.alleles.len() > 2 {
            self.multiallelic += 1;
            self.multiallelic_snps += u64::from(site.kinds == SNP);
        }
    }

    /// Counts the substitution by an ALT allele.
    pub(super) fn substitution(&mut self, number: usize, from: u8, to: u8, is_transition: bool) {
        let place = usize::from(from) * 3 + usize::from(to) - usize::from(to > from);
        self.substitutions[place] += 1;
        let is_first = u64::from(number == 1);
        if is_transition {
            self.transitions += 1;
            self.first_transitions += is_first;
        } else {
            self.transversions += 1;
            self.first_transversions += is_first;
        }
    }
}
