//! Diploid genotypes of records with at most one ALT allele, sixteen at a time. A genotype is a word of four bytes, the
//! first lowest: allele, separator, allele, and what stands behind it. Alleles are digits or dots.
//!
//! Counts of a sample are bytes of one word, so they are added to all at once, and taken out before a byte is full.

/// Genotypes looked at together.
pub(super) const WIDTH: usize = 16;

/// `0/0` and what stands behind it.
pub(super) const HOM_REF: u32 = u32::from_le_bytes(*b"0/0\t");

/// The two alleles of a word.
const ALLELES: u32 = 0x00ff_00ff;
/// The lowest bit of each.
const ONES: u32 = 0x0001_0001;

/// Whether all alleles are REF.
#[inline]
pub(super) fn is_hom_ref(word: u32) -> bool {
    (word ^ HOM_REF) & ALLELES == 0
}

/// Counts of one kind of record.
#[derive(Debug, Default)]
pub(super) struct Lane {
    /// By sample: heterozygous, homozygous for ALT and missing, a byte each from the lowest.
    counts: Vec<u32>,
    records: u8,
}

/// What a record adds up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sums {
    /// ALT alleles,
    pub(super) alts: u32,
    /// and missing ones, in whatever genotypes.
    pub(super) missing: u32,
    /// Genotypes that are heterozygous or homozygous for ALT,
    pub(super) variant: u32,
    /// and the place of the last sixteen in which one is.
    pub(super) last: usize,
}

impl Lane {
    /// Room for so many samples.
    pub(super) fn new(samples: usize) -> Self {
        Self {
            counts: vec![0; samples.next_multiple_of(WIDTH)],
            records: 0,
        }
    }

    /// Whether the counts have to be taken out before the next record.
    pub(super) fn is_full(&self) -> bool {
        self.records == u8::MAX
    }

    /// Begins a record.
    pub(super) fn begin(&mut self) {
        self.records = self.records.saturating_add(1);
    }

    /// Takes the genotypes of sixteen samples from this one on. Without an ALT allele only REF is known.
    #[inline]
    pub(super) fn add(
        &mut self,
        words: &[u32; WIDTH],
        from: usize,
        has_alt: bool,
        sums: &mut Sums,
    ) {
        let different = words
            .iter()
            .fold(0, |any, word| any | ((word ^ HOM_REF) & ALLELES));
        if different == 0 {
            return;
        }
        if let Some(counts) = self.counts.get_mut(from..from + WIDTH) {
            add(words, counts, if has_alt { 0 } else { ONES }, from, sums);
        }
    }

    /// Gives the counts by sample, and begins anew.
    pub(super) fn take(&mut self) -> impl Iterator<Item = (usize, [u8; 3])> {
        self.records = 0;
        let counts = self.counts.iter_mut().enumerate();
        counts
            .filter(|(_, packed)| **packed != 0)
            .map(|(sample, packed)| {
                let [het, hom, missing, _] = std::mem::take(packed).to_le_bytes();
                (sample, [het, hom, missing])
            })
    }
}

/// Without branches, so that the compiler does several at once. A 1 is missing where `unknown` has its bits.
#[inline]
fn add(words: &[u32; WIDTH], counts: &mut [u32], unknown: u32, from: usize, sums: &mut Sums) {
    let (mut alts, mut absent, mut variant) = (0, 0, 0);
    for (word, count) in words.iter().zip(counts) {
        // 0 for REF, 1 for ALT, 2 to 9 for alleles that the record does not have, 0x1e for a dot.
        let alleles = (word ^ HOM_REF) & ALLELES;
        let high = (alleles >> 1) | (alleles >> 2) | (alleles >> 3) | (alleles & unknown);
        let missing = high & ONES;
        let alt = alleles & ONES & !missing;
        let is_missing = (missing | (missing >> 16)) & 1;
        let known = is_missing ^ 1;
        let het = (alt ^ (alt >> 16)) & known;
        let hom = alt & (alt >> 16) & known;
        *count += het | (hom << 8) | (is_missing << 16);
        alts += alt;
        absent += missing;
        variant += het | hom;
    }
    let both = |halves: u32| (halves & 0xffff) + (halves >> 16);
    sums.alts += both(alts);
    sums.missing += both(absent);
    sums.variant += variant;
    if variant > 0 {
        sums.last = from;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_genotypes_at_once() {
        let texts = [
            "0/0\t", "0/1\t", "1|0:", "1/1\t", "./.\t", "./1\t", "0/.\t", "0/2\t", "9|9\t",
            "1/2\t", "0|0:",
        ];
        let mut words = [HOM_REF; WIDTH];
        for (word, text) in words.iter_mut().zip(texts) {
            *word = u32::from_le_bytes(text.as_bytes().try_into().unwrap());
        }
        let mut lane = Lane::new(20);
        let mut sums = Sums::default();
        lane.begin();
        lane.add(&words, 0, true, &mut sums);
        let expected = Sums {
            alts: 6,
            missing: 8,
            variant: 3,
            last: 0,
        };
        assert_eq!(sums, expected);
        let counts: Vec<_> = lane.take().collect();
        let (het, hom, missing) = ([1, 0, 0], [0, 1, 0], [0, 0, 1]);
        assert_eq!(
            counts,
            [
                (1, het),
                (2, het),
                (3, hom),
                (4, missing),
                (5, missing),
                (6, missing),
                (7, missing),
                (8, missing),
                (9, missing)
            ]
        );
        // Without an ALT allele, whoever is said to have one is missing.
        lane.begin();
        lane.add(&words, 0, false, &mut sums);
        assert_eq!(lane.take().filter(|(_, c)| *c == missing).count(), 9);
    }

    #[test]
    fn bytes_are_taken_out_before_they_are_full() {
        let mut lane = Lane::new(16);
        let words = [u32::from_le_bytes(*b"1/1\t"); WIDTH];
        let mut total = 0;
        for _ in 0..1_000 {
            if lane.is_full() {
                total += lane
                    .take()
                    .map(|(_, [_, hom, _])| u32::from(hom))
                    .sum::<u32>();
            }
            lane.begin();
            lane.add(&words, 0, true, &mut Sums::default());
        }
        total += lane
            .take()
            .map(|(_, [_, hom, _])| u32::from(hom))
            .sum::<u32>();
        assert_eq!(total, 16_000);
    }
}
