//! The alleles and phases of a GT subfield (VCF 4.5 §1.6.2), read as bcftools 1.24 reads them.

use crate::header::Version;

/// One allele of a genotype.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allele {
    /// 0 for REF, 1 for the first ALT …; `None` for `.`.
    pub index: Option<u32>,
    /// Whether `|` stands before it; for the first allele, whether it counts as phased.
    pub phased: bool,
}

/// Iterates over the alleles of a genotype; ends early, with [`Self::is_malformed`], at what it
/// cannot read.
#[derive(Debug, Clone)]
pub struct Genotype<'a> {
    rest: &'a [u8],
    phased: bool,
    done: bool,
    malformed: bool,
}

impl<'a> Genotype<'a> {
    /// Over the text of a GT subfield. From VCF 4.4 on, a phase may stand before the first allele.
    #[must_use]
    pub fn new(text: &'a [u8], version: Version) -> Self {
        let mut genotype = Self {
            rest: text,
            phased: false,
            done: false,
            malformed: false,
        };
        if version >= Version::PREFIXED_PHASE
            && let [separator @ (b'/' | b'|'), rest @ ..] = text
        {
            genotype.phased = *separator == b'|';
            genotype.rest = rest;
        } else {
            genotype.phased = first_phase(text);
        }
        genotype
    }

    /// Whether the text turned out not to be a genotype. Known once the iterator has ended.
    #[must_use]
    pub fn is_malformed(&self) -> bool {
        self.malformed
    }
}

/// The phase of a first allele that has no prefix: a called haploid genotype is phased, others are
/// if no `/` follows.
fn first_phase(text: &[u8]) -> bool {
    let diploid = text.iter().any(|b| matches!(b, b'/' | b'|'));
    if diploid {
        !text.contains(&b'/')
    } else {
        !text.starts_with(b".")
    }
}

impl Iterator for Genotype<'_> {
    type Item = Allele;

    fn next(&mut self) -> Option<Allele> {
        if self.done {
            return None;
        }
        let phased = self.phased;
        let (index, length) = match self.rest {
            [b'.', ..] => (None, 1),
            text => {
                let plus = usize::from(text.first() == Some(&b'+'));
                let mut value: u32 = 0;
                let mut length = plus;
                while let Some(digit @ b'0'..=b'9') = text.get(length) {
                    value = value
                        .saturating_mul(10)
                        .saturating_add(u32::from(digit - b'0'));
                    length += 1;
                }
                if length == 0 || value > (i32::MAX as u32 >> 1) - 1 {
                    self.done = true;
                    self.malformed = true;
                    return None;
                }
                (Some(value), length)
            }
        };
        match self.rest.get(length) {
            None => self.done = true,
            Some(b'|' | b'/') => {
                self.phased = self.rest[length] == b'|';
                self.rest = &self.rest[length + 1..];
            }
            Some(_) => {
                self.done = true;
                self.malformed = true;
            }
        }
        Some(Allele { index, phased })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alleles(text: &str, minor: u32) -> Option<Vec<(Option<u32>, bool)>> {
        let mut genotype = Genotype::new(text.as_bytes(), Version { major: 4, minor });
        let found = genotype.by_ref().map(|a| (a.index, a.phased)).collect();
        (!genotype.is_malformed()).then_some(found)
    }

    #[test]
    fn reads_alleles_and_phases() {
        let (zero, one, none) = (Some(0), Some(1), None);
        assert_eq!(alleles("0/1", 2), Some(vec![(zero, false), (one, false)]));
        assert_eq!(alleles("0|1", 2), Some(vec![(zero, true), (one, true)]));
        assert_eq!(alleles("1", 2), Some(vec![(one, true)]));
        assert_eq!(alleles(".", 2), Some(vec![(none, false)]));
        assert_eq!(
            alleles("0/1|1", 2),
            Some(vec![(zero, false), (one, false), (one, true)])
        );
        assert_eq!(alleles("|0/1", 4), Some(vec![(zero, true), (one, false)]));
        assert_eq!(alleles("|0/1", 3), None);
        assert_eq!(alleles("0/x", 3), None);
    }
}
