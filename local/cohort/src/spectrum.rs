//! The site frequency spectrum: how often an allele is found among the chromosomes of a cohort.

use crate::Rng;

/// Allele counts under the neutral model: a count of k has a probability proportional to 1/k.
#[derive(Debug, Clone)]
pub(crate) struct Spectrum {
    cumulative: Vec<f64>,
}

impl Spectrum {
    /// For `chromosomes` sampled chromosomes.
    pub(crate) fn neutral(chromosomes: usize) -> Self {
        let mut sum = 0.0;
        let cumulative = (1..chromosomes.max(2))
            .map(|count| {
                sum += 1.0 / count as f64;
                sum
            })
            .collect();
        Self { cumulative }
    }

    /// The frequency of one derived allele, above 0 and below 1.
    pub(crate) fn draw(&self, rng: &mut Rng) -> f64 {
        let total = self.cumulative.last().copied().unwrap_or(1.0);
        let target = rng.unit() * total;
        let count = self.cumulative.partition_point(|sum| *sum <= target) + 1;
        count as f64 / (self.cumulative.len() + 1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn singletons_are_the_most_common_and_common_alleles_exist() {
        let spectrum = Spectrum::neutral(200);
        let mut rng = Rng::new(5);
        let drawn: Vec<f64> = (0..20_000).map(|_| spectrum.draw(&mut rng)).collect();
        let singletons = drawn.iter().filter(|f| **f <= 1.0 / 200.0).count() as f64 / 20_000.0;
        let common = drawn.iter().filter(|f| **f >= 0.05).count() as f64 / 20_000.0;
        // 1 / H(199) and 1 - H(9) / H(199).
        assert!((0.15..0.19).contains(&singletons), "{singletons}");
        assert!((0.48..0.56).contains(&common), "{common}");
        assert!(drawn.iter().all(|f| *f > 0.0 && *f < 1.0));
    }
}
