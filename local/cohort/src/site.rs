//! One site: position, alleles, frequencies, quality. Says nothing about samples.

use crate::scaffold::{Scaffold, reference_base};
use crate::spectrum::Spectrum;
use crate::{Cohort, Phasing, Rng};

/// A variable site.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Site {
    /// 1-based.
    pub(crate) position: u64,
    /// Empty for none.
    pub(crate) id: String,
    /// REF first, then one to four ALT alleles.
    pub(crate) alleles: Vec<Vec<u8>>,
    /// Population frequency of each allele; sums to 1.
    pub(crate) frequencies: Vec<f64>,
    pub(crate) quality: Quality,
    pub(crate) filter: &'static str,
    /// Share of genotypes that are phased.
    pub(crate) phased: f64,
    /// Mean reads per sample.
    pub(crate) depth: u64,
}

/// QUAL.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Quality {
    Missing,
    Known(f64),
}

const FILTERS: [&str; 10] = [
    "PASS",
    "PASS",
    "PASS",
    "PASS",
    "PASS",
    "PASS",
    ".",
    "LowQual",
    "q10",
    "LowQual;strand_bias",
];

impl Cohort {
    /// The sites of a scaffold in order of position.
    pub(crate) fn sites<'a>(
        &'a self,
        scaffold: &'a Scaffold,
        spectrum: &'a Spectrum,
    ) -> impl Iterator<Item = Site> + 'a {
        let mut position = 0;
        (0..scaffold.records).map(move |nth| {
            let mut rng = Rng::stream(self.seed, &[1, scaffold.rank, nth as u64]);
            let repeat = position > 0 && rng.chance(self.repeated);
            if !repeat {
                position += 1 + rng.geometric(1.0 / self.spacing as f64);
            }
            self.site(scaffold, position, spectrum, &mut rng)
        })
    }

    fn site(&self, scaffold: &Scaffold, position: u64, spectrum: &Spectrum, rng: &mut Rng) -> Site {
        let alts = if rng.chance(self.multiallelic) {
            2 + usize::from(rng.chance(0.15)) + usize::from(rng.chance(0.05))
        } else {
            1
        };
        let base = |at| reference_base(self.seed, scaffold.rank, at);
        let alleles = if rng.chance(self.indels) {
            indel(position, alts, base, rng)
        } else {
            snp(position, alts, base, rng)
        };
        let quality = if rng.chance(0.02) {
            Quality::Missing
        } else {
            Quality::Known(10.0 + rng.unit().powi(3) * 4_000.0)
        };
        Site {
            position,
            id: if rng.chance(0.3) {
                format!("rs{}", 1_000 + rng.below(90_000_000))
            } else {
                String::new()
            },
            frequencies: frequencies(alleles.len() - 1, spectrum, rng),
            alleles,
            quality,
            filter: FILTERS[rng.index(FILTERS.len())],
            phased: match self.phasing {
                Phasing::Unphased => 0.0,
                Phasing::Phased => 1.0,
                Phasing::Mixed => [0.0, 1.0, 0.5][rng.index(3)],
            },
            depth: 8 + rng.below(30),
        }
    }
}

fn snp(position: u64, alts: usize, base: impl Fn(u64) -> u8, rng: &mut Rng) -> Vec<Vec<u8>> {
    let reference = base(position);
    let mut others: Vec<u8> = b"ACGT"
        .iter()
        .copied()
        .filter(|b| *b != reference)
        .collect();
    let mut alleles = vec![vec![reference]];
    for _ in 0..alts.min(3) {
        let chosen = rng.index(others.len());
        alleles.push(vec![others.swap_remove(chosen)]);
    }
    alleles
}

/// Anchored insertions and deletions that share one REF; lengths fall off geometrically.
fn indel(position: u64, alts: usize, base: impl Fn(u64) -> u8, rng: &mut Rng) -> Vec<Vec<u8>> {
    let reference: Vec<u8> = (0..=1 + rng.geometric(0.4))
        .map(|offset| base(position + offset))
        .collect();
    let mut alleles = vec![reference.clone()];
    while alleles.len() <= alts {
        let mut allele = reference[..=rng.index(reference.len())].to_vec();
        if rng.chance(0.5) {
            allele = reference.clone();
            for _ in 0..=rng.geometric(0.4) {
                allele.push(b"ACGT"[rng.index(4)]);
            }
        }
        if !alleles.contains(&allele) {
            alleles.push(allele);
        }
    }
    alleles
}

/// The first ALT allele follows the spectrum; further ones share what it leaves, rarer and rarer.
fn frequencies(alts: usize, spectrum: &Spectrum, rng: &mut Rng) -> Vec<f64> {
    let mut rest = 1.0;
    let mut derived: Vec<f64> = (0..alts)
        .map(|_| {
            let frequency = rest * spectrum.draw(rng);
            rest -= frequency;
            frequency
        })
        .collect();
    derived.insert(0, rest);
    derived
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_are_sorted_and_their_alleles_distinct() {
        let cohort = Cohort {
            records: 3_000,
            multiallelic: 0.3,
            indels: 0.4,
            ..Cohort::default()
        };
        let spectrum = Spectrum::neutral(80);
        for scaffold in cohort.layout_of_scaffolds() {
            let sites: Vec<Site> = cohort.sites(&scaffold, &spectrum).collect();
            assert_eq!(sites.len(), scaffold.records);
            assert!(sites.is_sorted_by_key(|site| site.position));
            assert!(sites.last().unwrap().position < scaffold.length);
            for site in sites {
                let mut alleles = site.alleles.clone();
                alleles.sort();
                alleles.dedup();
                assert_eq!(alleles.len(), site.alleles.len());
                assert!((site.frequencies.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            }
        }
    }
}
