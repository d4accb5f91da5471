//! What a genotype is to bcftools: by its alleles, whatever their order and phase.

use crate::header::Version;
use crate::record::Genotype;

/// A genotype.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    /// An allele is missing, or one that the record does not have.
    Missing,
    /// One allele, REF.
    HaploidRef,
    /// One allele, ALT.
    HaploidAlt,
    /// Several, all REF.
    HomRef,
    /// Several, not all REF: one ALT, and perhaps another, or 0.
    Alt {
        alt: usize,
        other: usize,
        is_het: bool,
    },
}

impl Call {
    /// Of alleles, of which the record has so many.
    pub(super) fn of(alleles: impl Iterator<Item = Option<usize>>, known: usize) -> Self {
        let (mut count, mut has_ref, mut alt, mut other) = (0, false, 0, 0);
        for allele in alleles {
            match allele.filter(|allele| *allele < known) {
                None => return Self::Missing,
                Some(0) => has_ref = true,
                Some(allele) if alt == 0 => alt = allele,
                Some(allele) if allele == alt => {}
                Some(allele) if allele < alt => (alt, other) = (allele, alt),
                Some(allele) => other = allele,
            }
            count += 1;
        }
        match (count, alt) {
            (0, _) => Self::Missing,
            (1, 0) => Self::HaploidRef,
            (1, _) => Self::HaploidAlt,
            (_, 0) => Self::HomRef,
            _ => Self::Alt {
                alt,
                other,
                is_het: has_ref || other > 0,
            },
        }
    }
}

/// The alleles of the text of a genotype; `None` for one that is missing.
pub(super) fn alleles(text: &[u8], version: Version) -> impl Iterator<Item = Option<usize>> {
    Genotype::new(text, version).map(|allele| allele.index.map(|index| index as usize))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(text: &str) -> Call {
        Call::of(alleles(text.as_bytes(), Version { major: 4, minor: 2 }), 4)
    }

    #[test]
    fn genotypes_by_their_alleles() {
        let alt = |alt, other, is_het| Call::Alt { alt, other, is_het };
        for (text, expected) in [
            (".", Call::Missing),
            ("./.", Call::Missing),
            ("1/.", Call::Missing),
            ("0/4", Call::Missing),
            ("0", Call::HaploidRef),
            ("2", Call::HaploidAlt),
            ("0|0", Call::HomRef),
            ("0/0/0", Call::HomRef),
            ("0/1", alt(1, 0, true)),
            ("1|0", alt(1, 0, true)),
            ("3/3", alt(3, 0, false)),
            ("2/1", alt(1, 2, true)),
            ("1/2/0", alt(1, 2, true)),
        ] {
            assert_eq!(call(text), expected, "{text}");
        }
    }
}
