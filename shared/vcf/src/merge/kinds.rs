//! Kinds of alleles and records as sets of bits, with insertions and deletions told apart.

use crate::expr::variant::{self, of_allele};

/// A set of kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Kinds(u16);

impl Kinds {
    pub(super) const NONE: Self = Self(0);
    pub(super) const REFERENCE: Self = Self(1 << 15);
    pub(super) const INDEL: Self = Self(variant::INDEL as u16);
    pub(super) const OTHER: Self = Self(variant::OTHER as u16);
    pub(super) const INSERTION: Self = Self(1 << 13);
    pub(super) const DELETION: Self = Self(1 << 14);
    /// SNPs and MNPs.
    pub(super) const SNPS: Self = Self((variant::SNP | variant::MNP) as u16);

    /// Of one ALT allele; that of an unseen allele is the reference's.
    pub(super) fn of_allele(reference: &[u8], alt: &[u8]) -> Self {
        match of_allele(reference, alt) {
            0 => Self::REFERENCE,
            variant::INDEL if alt.len() > reference.len() => Self::INDEL.with(Self::INSERTION),
            variant::INDEL => Self::INDEL.with(Self::DELETION),
            kind => Self(kind as u16),
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
