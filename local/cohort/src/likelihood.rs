//! Genotype likelihoods from reads, in phred units and in the order of the VCF specification.

use crate::genotype::MOST_ALLELES;

/// Genotypes of five alleles.
const MOST_GENOTYPES: usize = MOST_ALLELES * (MOST_ALLELES + 1) / 2;

/// Phred cost of a read that agrees with one of two alleles, and with none.
const HALF: u64 = 3;
const WRONG: u64 = 25;

/// Phred-scaled likelihoods of all diploid genotypes; the best is 0.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Likelihoods {
    phred: [u64; MOST_GENOTYPES],
    genotypes: usize,
}

impl Likelihoods {
    /// For the alleles at `kept` (indices into `reads`, REF first), genotypes ordered as VCF 4.5
    /// §1.6.2 orders Number=G: 0/0, 0/1, 1/1, 0/2 …
    pub(crate) fn of_reads(reads: &[u16; MOST_ALLELES], kept: &[usize]) -> Self {
        let mut phred = [0; MOST_GENOTYPES];
        let mut genotypes = 0;
        for (second, b) in kept.iter().enumerate() {
            for a in &kept[..=second] {
                phred[genotypes] = cost(reads, *a, *b);
                genotypes += 1;
            }
        }
        let best = phred[..genotypes].iter().copied().min().unwrap_or(0);
        for value in &mut phred[..genotypes] {
            *value -= best;
        }
        Self { phred, genotypes }
    }

    /// One value per genotype.
    pub(crate) fn phred(&self) -> &[u64] {
        &self.phred[..self.genotypes]
    }

    /// Difference between the best and the second best genotype, at most 99.
    pub(crate) fn genotype_quality(&self) -> u64 {
        let mut two = [u64::MAX; 2];
        for value in self.phred() {
            if *value < two[0] {
                two = [*value, two[0]];
            } else if *value < two[1] {
                two[1] = *value;
            }
        }
        two[1].min(99)
    }

    /// Posterior probabilities under a flat prior.
    pub(crate) fn posteriors(&self) -> impl Iterator<Item = f64> {
        let weight = |phred: u64| 10f64.powf(phred as f64 / -10.0);
        let sum: f64 = self.phred().iter().copied().map(weight).sum();
        self.phred().iter().map(move |value| weight(*value) / sum)
    }
}

fn cost(reads: &[u16; MOST_ALLELES], a: usize, b: usize) -> u64 {
    reads
        .iter()
        .enumerate()
        .map(|(allele, n)| {
            let each = match (allele == a, allele == b) {
                (true, true) => 0,
                (false, false) => WRONG,
                _ => HALF,
            };
            u64::from(*n) * each
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_genotype_of_the_reads_is_the_likeliest() {
        let het = Likelihoods::of_reads(&[10, 9, 0, 0, 0], &[0, 1]);
        assert_eq!(het.phred()[1], 0);
        assert_eq!(het.genotype_quality(), 99);
        let hom = Likelihoods::of_reads(&[0, 0, 4, 0, 0], &[0, 1, 2]);
        assert_eq!(hom.phred(), [100, 100, 100, 12, 12, 0]);
        assert_eq!(hom.genotype_quality(), 12);
        assert!((hom.posteriors().sum::<f64>() - 1.0).abs() < 1e-9);
    }
}
