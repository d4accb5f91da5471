//! The genotype and reads of one sample at one site.

use crate::site::Site;
use crate::{Cohort, Rng};

/// Alleles at a site: REF and at most four ALT.
pub(crate) const MOST_ALLELES: usize = 5;

/// What was called for a sample. Alleles are indices into the site's list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Call {
    pub(crate) alleles: Alleles,
    pub(crate) phased: bool,
    /// Reads per allele.
    pub(crate) reads: [u16; MOST_ALLELES],
    /// The caller wrote nothing behind the genotype.
    pub(crate) bare: bool,
}

/// A diploid genotype.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Alleles {
    Missing,
    Called(u8, u8),
}

impl Call {
    pub(crate) fn depth(&self) -> u64 {
        self.reads.iter().map(|n| u64::from(*n)).sum()
    }
}

/// One call per sample, drawn from the frequencies of the site (Hardy and Weinberg), with reads to match.
pub(crate) fn call_samples(cohort: &Cohort, site: &Site, rng: &mut Rng, calls: &mut Vec<Call>) {
    calls.clear();
    calls.extend((0..cohort.samples).map(|_| call(cohort, site, rng)));
}

fn call(cohort: &Cohort, site: &Site, rng: &mut Rng) -> Call {
    let missing = rng.chance(cohort.missing);
    let phased = site.phased > 0.0 && rng.chance(site.phased);
    if missing {
        let bare = rng.chance(0.3);
        return Call {
            alleles: Alleles::Missing,
            phased,
            reads: [0; MOST_ALLELES],
            bare,
        };
    }
    let mut pair = (allele(site, rng), allele(site, rng));
    if !phased && pair.0 > pair.1 {
        pair = (pair.1, pair.0);
    }
    Call {
        alleles: Alleles::Called(pair.0, pair.1),
        phased,
        reads: reads(pair, site, rng),
        bare: false,
    }
}

fn allele(site: &Site, rng: &mut Rng) -> u8 {
    let mut target = rng.unit();
    for (nth, frequency) in site.frequencies.iter().enumerate() {
        target -= frequency;
        if target < 0.0 {
            return nth as u8;
        }
    }
    0
}

/// Reads spread around the site's depth; heterozygotes split them evenly, one read in 200 is wrong.
fn reads(pair: (u8, u8), site: &Site, rng: &mut Rng) -> [u16; MOST_ALLELES] {
    let mut reads = [0; MOST_ALLELES];
    let depth = 1 + rng.coin_heads(2 * site.depth as u32);
    let first = if pair.0 == pair.1 {
        depth
    } else {
        rng.coin_heads(depth)
    };
    reads[usize::from(pair.0)] += first as u16;
    reads[usize::from(pair.1)] += (depth - first) as u16;
    if rng.chance(f64::from(depth) / 200.0) {
        reads[rng.index(site.alleles.len())] += 1;
    }
    reads
}
