//! Lists of values, one per ALT allele, allele or genotype, with those of removed alleles left out.

use crate::header::Number;

/// Which alleles stay, and their new numbers.
#[derive(Debug)]
pub(super) struct Alleles {
    new: Vec<Option<u32>>,
    pub kept: usize,
}

/// What became of a list.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It was written.
    Kept,
    /// Nothing is left of it.
    Empty,
    /// It has not as many values as it should.
    Mismatch { expected: usize, found: usize },
}

impl Alleles {
    pub(super) fn new(count: usize, removed: impl Fn(usize) -> bool) -> Self {
        let mut kept = 0;
        let new = (0..count)
            .map(|allele| {
                let stays = allele == 0 || !removed(allele);
                stays.then(|| {
                    kept += 1;
                    kept as u32 - 1
                })
            })
            .collect();
        Self { new, kept }
    }

    pub(super) fn keeps_all(&self) -> bool {
        self.kept == self.new.len()
    }

    /// The number an allele has now; `None` if it was removed or never there.
    pub(super) fn new_index(&self, allele: usize) -> Option<u32> {
        self.new.get(allele).copied().flatten()
    }

    pub(super) fn count(&self) -> usize {
        self.new.len()
    }

    pub(super) fn genotypes(&self) -> usize {
        self.count() * (self.count() + 1) / 2
    }

    fn stays(&self, allele: usize) -> bool {
        self.new_index(allele).is_some()
    }

    /// Writes an INFO list. With `multiple`, so many values belong to each ALT allele.
    pub(super) fn info_values(
        &self,
        number: Number,
        multiple: usize,
        text: &[u8],
        out: &mut Vec<u8>,
    ) -> Outcome {
        let expected = match number {
            Number::Alternate => (self.count() - 1) * multiple,
            Number::Allele => self.count(),
            Number::Genotype => self.genotypes(),
            _ => {
                out.extend_from_slice(text);
                return Outcome::Kept;
            }
        };
        if text == b"." || text.is_empty() {
            out.extend_from_slice(text);
            return Outcome::Kept;
        }
        let found = text.split(|b| *b == b',').count();
        if found != expected {
            return Outcome::Mismatch { expected, found };
        }
        let written = match number {
            Number::Alternate => self.write(text, out, |n| self.stays(n / multiple + 1)),
            Number::Allele => self.write(text, out, |n| self.stays(n)),
            _ => self.write_genotypes(text, out),
        };
        if written == 0 {
            Outcome::Empty
        } else {
            Outcome::Kept
        }
    }

    /// Writes the values of ALT alleles; returns how many.
    pub(super) fn write_alternates(&self, text: &[u8], out: &mut Vec<u8>) -> usize {
        self.write(text, out, |n| self.stays(n + 1))
    }

    /// Writes the values of alleles, or of haploid genotypes; returns how many.
    pub(super) fn write_alleles(&self, text: &[u8], out: &mut Vec<u8>) -> usize {
        self.write(text, out, |n| self.stays(n))
    }

    /// Writes the values of diploid genotypes, in the order of VCF 4.5 §1.6.2; returns how many.
    pub(super) fn write_genotypes(&self, text: &[u8], out: &mut Vec<u8>) -> usize {
        let mut pair = (0, 0);
        self.write(text, out, |_| {
            let (first, second) = pair;
            pair = if first == second {
                (0, second + 1)
            } else {
                (first + 1, second)
            };
            self.stays(first) && self.stays(second)
        })
    }

    fn write(&self, text: &[u8], out: &mut Vec<u8>, mut stays: impl FnMut(usize) -> bool) -> usize {
        let mut written = 0;
        for (n, item) in text.split(|b| *b == b',').enumerate() {
            if stays(n) {
                if written > 0 {
                    out.push(b',');
                }
                out.extend_from_slice(item);
                written += 1;
            }
        }
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_removed_alleles_go() {
        let alleles = Alleles::new(3, |allele| allele == 1);
        let trim = |number, text: &str| {
            let mut out = Vec::new();
            let outcome = alleles.info_values(number, 1, text.as_bytes(), &mut out);
            (outcome, String::from_utf8(out).unwrap())
        };
        assert_eq!(
            trim(Number::Alternate, "5,6"),
            (Outcome::Kept, "6".to_owned())
        );
        assert_eq!(
            trim(Number::Allele, "4,5,6"),
            (Outcome::Kept, "4,6".to_owned())
        );
        assert_eq!(
            trim(Number::Genotype, "0,1,2,3,4,5"),
            (Outcome::Kept, "0,3,5".to_owned())
        );
        assert_eq!(trim(Number::Fixed(1), "7"), (Outcome::Kept, "7".to_owned()));
        assert!(matches!(
            trim(Number::Allele, "1,2").0,
            Outcome::Mismatch { .. }
        ));
    }
}
