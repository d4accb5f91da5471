//! Statistics of the pieces of a file, added up to those of the file.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde::{Deserialize, Serialize};

use super::density::{Counter, Part as DensityPart};
use super::{DepthBin, FrequencyBin, QualityBin, SampleCounts, Sites, Statistics};

/// What a piece of a file gives.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Part {
    /// All but the density.
    pub(super) statistics: Statistics,
    pub(super) density: DensityPart,
}

/// Takes piece after piece.
#[derive(Debug, Default)]
pub(crate) struct Joiner {
    statistics: Option<Statistics>,
    density: Counter,
}

impl Joiner {
    /// Adds the next piece; `goes_on` says that its first scaffold is the last of the pieces before.
    pub(crate) fn add(&mut self, part: Part, goes_on: bool) {
        self.density.add_part(part.density, goes_on);
        match &mut self.statistics {
            None => self.statistics = Some(part.statistics),
            Some(known) => known.add(part.statistics),
        }
    }

    /// The statistics of the file.
    pub(crate) fn finish(self) -> Statistics {
        Statistics {
            density: self.density.finish(),
            ..self.statistics.unwrap_or_default()
        }
    }
}

impl Statistics {
    /// Adds those of other records of the file, but for the density.
    fn add(&mut self, other: Self) {
        self.sites.add(&other.sites);
        let add = FrequencyBin::add;
        join(&mut self.frequencies, other.frequencies, |bin| bin.bin, add);
        let add = |known: &mut QualityBin, bin: QualityBin| {
            known.transitions += bin.transitions;
            known.transversions += bin.transversions;
            known.indels += bin.indels;
        };
        join(&mut self.qualities, other.qualities, |bin| bin.quality, add);
        let add = |known: &mut DepthBin, bin: DepthBin| {
            known.genotypes += bin.genotypes;
            known.sites += bin.sites;
        };
        join(&mut self.depths, other.depths, |bin| bin.depth, add);
        let add = |known: &mut (i32, u64), bin: (i32, u64)| known.1 += bin.1;
        let lengths = (&mut self.indel_lengths, other.indel_lengths);
        join(lengths.0, lengths.1, |bin| bin.0, add);
        self.samples.add(other.samples);
        self.complete &= other.complete;
    }
}

/// Joins bins that are in order of a key.
fn join<B, K: Ord>(
    known: &mut Vec<B>,
    other: Vec<B>,
    key: impl Fn(&B) -> K,
    add: impl Fn(&mut B, B),
) {
    let mut bins: BTreeMap<K, B> = BTreeMap::new();
    for bin in std::mem::take(known).into_iter().chain(other) {
        match bins.entry(key(&bin)) {
            Entry::Vacant(free) => {
                free.insert(bin);
            }
            Entry::Occupied(mut there) => add(there.get_mut(), bin),
        }
    }
    known.extend(bins.into_values());
}

impl FrequencyBin {
    pub(super) fn add(&mut self, other: Self) {
        self.snps += other.snps;
        self.transitions += other.transitions;
        self.transversions += other.transversions;
        self.indels += other.indels;
    }
}

impl Sites {
    fn add(&mut self, other: &Self) {
        // All fields are named, so that none is forgotten.
        let Self {
            records,
            no_alts,
            snps,
            mnps,
            indels,
            others,
            multiallelic,
            multiallelic_snps,
            transitions,
            transversions,
            first_transitions,
            first_transversions,
            substitutions,
            singletons,
        } = other;
        self.records += records;
        self.no_alts += no_alts;
        self.snps += snps;
        self.mnps += mnps;
        self.indels += indels;
        self.others += others;
        self.multiallelic += multiallelic;
        self.multiallelic_snps += multiallelic_snps;
        self.transitions += transitions;
        self.transversions += transversions;
        self.first_transitions += first_transitions;
        self.first_transversions += first_transversions;
        for (known, more) in self.substitutions.iter_mut().zip(substitutions) {
            *known += more;
        }
        self.singletons.0 += singletons.0;
        self.singletons.1 += singletons.1;
    }
}

impl SampleCounts {
    pub(super) fn new(samples: usize) -> Self {
        let mut counts = Self {
            depth_sum: vec![0; samples],
            ..Self::default()
        };
        for count in counts.counts_mut() {
            *count = vec![0; samples];
        }
        counts
    }

    fn counts_mut(&mut self) -> [&mut Vec<u32>; 11] {
        // All fields are named, so that none is forgotten.
        let Self {
            missing,
            hom_ref,
            het,
            hom_alt,
            haploid_ref,
            haploid_alt,
            transitions,
            transversions,
            indels,
            singletons,
            depths,
            depth_sum: _,
        } = self;
        [
            missing,
            hom_ref,
            het,
            hom_alt,
            haploid_ref,
            haploid_alt,
            transitions,
            transversions,
            indels,
            singletons,
            depths,
        ]
    }

    fn add(&mut self, mut other: Self) {
        for (known, more) in self.counts_mut().into_iter().zip(other.counts_mut()) {
            for (known, more) in known.iter_mut().zip(more) {
                *known = known.saturating_add(*more);
            }
        }
        for (known, more) in self.depth_sum.iter_mut().zip(other.depth_sum) {
            *known += more;
        }
    }
}
