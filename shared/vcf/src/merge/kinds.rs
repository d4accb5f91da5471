//! Kinds of alleles and records as sets of bits, with insertions and deletions told apart.

use crate::command::VariantType;
use crate::view::classify;

/// A set of kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Kinds(u16);

impl Kinds {
    pub(super) const NONE: Self = Self(0);
    pub(super) const REFERENCE: Self = Self(1);
    const SNP: Self = Self(2);
    const MNP: Self = Self(4);
    pub(super) const INDEL: Self = Self(8);
    pub(super) const OTHER: Self = Self(16);
    const BREAKEND: Self = Self(32);
    const OVERLAP: Self = Self(64);
    pub(super) const INSERTION: Self = Self(128);
    pub(super) const DELETION: Self = Self(256);
    /// SNPs and MNPs.
    pub(super) const SNPS: Self = Self(Self::SNP.0 | Self::MNP.0);

    /// Of one ALT allele; that of an unseen allele is the reference's.
    pub(super) fn of_allele(reference: &[u8], alt: &[u8]) -> Self {
        match classify(reference, alt) {
            None | Some(VariantType::Reference) => Self::REFERENCE,
            Some(VariantType::Snp) => Self::SNP,
            Some(VariantType::Mnp) => Self::MNP,
            Some(VariantType::Other) => Self::OTHER,
            Some(VariantType::Breakend) => Self::BREAKEND,
            Some(VariantType::Overlap) => Self::OVERLAP,
            Some(VariantType::Indel) if alt.len() > reference.len() => {
                Self::INDEL.with(Self::INSERTION)
            }
            Some(VariantType::Indel) => Self::INDEL.with(Self::DELETION),
        }
    }

    /// Of a record: those of its variants, or that of a reference if it has none.
    pub(super) fn of_record<'a>(reference: &[u8], alts: impl Iterator<Item = &'a [u8]>) -> Self {
        let kinds = alts
            .map(|alt| Self::of_allele(reference, alt))
            .filter(|kinds| *kinds != Self::REFERENCE)
            .fold(Self::NONE, Self::with);
        if kinds == Self::NONE {
            Self::REFERENCE
        } else {
            kinds
        }
    }

    pub(super) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}
