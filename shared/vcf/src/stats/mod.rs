//! Statistics of a file, collected in the pass that indexes it: the numbers of `bcftools stats -s -` 1.24 where it has them,
//! and the density of records along scaffolds. Looks at nothing that the pass has not found already ([`Noted`]).
//!
//! Bounds, so that statistics are small whatever the file is: densities of [`SCAFFOLDS_MAX`] scaffolds in [`BINS_MAX`] bins
//! each, [`FREQUENCIES_MAX`] bins of allele frequency, counts of [`SAMPLES_MAX`] samples. What was left out is said.

mod calls;
mod coded;
mod collect;
mod density;
mod genotype;
mod lanes;
mod noted;
mod part;
mod sites;
mod spread;
mod words;

pub use density::{BINS_MAX, Density, SCAFFOLDS_MAX, ScaffoldDensity};
pub use spread::FREQUENCIES_MAX;

pub(crate) use collect::Collector;
pub(crate) use noted::Noted;
pub(crate) use part::{Joiner, Part};

/// Most samples whose calls are counted.
pub const SAMPLES_MAX: usize = 100_000;

/// What a file's records are like.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Statistics {
    /// Numbers of records by what they are.
    pub sites: Sites,
    /// How many bins of frequency there are from 0 to 1: as many as samples, from 100 to 1,000.
    pub frequency_bins: u32,
    /// ALT alleles by frequency, lowest first; bins without any are left out.
    pub frequencies: Vec<FrequencyBin>,
    /// First ALT alleles by QUAL, lowest first; bins without any are left out.
    pub qualities: Vec<QualityBin>,
    /// Records and genotypes by depth, lowest first; depths without any are left out.
    pub depths: Vec<DepthBin>,
    /// ALT alleles by what they insert (greater than 0) or delete, in bases; more than 60 counts as 60.
    pub indel_lengths: Vec<(i32, u64)>,
    /// Records along scaffolds.
    pub density: Density,
    /// Counts by sample, in column order. Empty if the file has no samples, or more than [`SAMPLES_MAX`].
    pub samples: SampleCounts,
    /// Whether all was counted. If not, the file has more than [`SAMPLES_MAX`] samples: there are no counts by sample, no
    /// depths of genotypes, and frequencies are known where INFO has AC and AN.
    pub complete: bool,
}

impl Statistics {
    /// Where a bin of [`Self::frequencies`] begins, from 0 to 1.
    #[must_use]
    pub fn frequency(&self, bin: u32) -> f64 {
        f64::from(bin) / f64::from(self.frequency_bins.max(1))
    }
}

/// Numbers of records. One with several ALT alleles counts once for each kind that it has.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Sites {
    /// All.
    pub records: u64,
    /// Without a variant: ALT is `.`, or stands for none (`<*>`, `<NON_REF>`).
    pub no_alts: u64,
    /// With a SNP.
    pub snps: u64,
    /// With several bases for as many others.
    pub mnps: u64,
    /// With an insertion or deletion.
    pub indels: u64,
    /// With a symbolic or complex allele.
    pub others: u64,
    /// With more than one ALT allele.
    pub multiallelic: u64,
    /// With more than one ALT allele, all SNPs.
    pub multiallelic_snps: u64,
    /// SNP alleles that are transitions.
    pub transitions: u64,
    /// SNP alleles that are transversions.
    pub transversions: u64,
    /// Those of the transitions that are the first ALT allele.
    pub first_transitions: u64,
    /// Those of the transversions that are the first ALT allele.
    pub first_transversions: u64,
    /// SNP alleles by base, from A to C, A to G, A to T, C to A …
    pub substitutions: [u64; 12],
    /// ALT alleles that one genotype has once (AC is 1), or whose frequency is not known: SNPs and indels.
    pub singletons: (u64, u64),
}

/// ALT alleles of one range of frequencies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FrequencyBin {
    /// Its number, from 0. The lowest has singletons too, and alleles whose frequency is not known.
    pub bin: u32,
    /// SNPs.
    pub snps: u64,
    /// Those of them that are transitions,
    pub transitions: u64,
    /// and transversions.
    pub transversions: u64,
    /// Insertions and deletions.
    pub indels: u64,
}

/// First ALT alleles of one range of QUAL.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct QualityBin {
    /// The lowest QUAL of the bin; nothing where QUAL is missing or negative. Bins are 1 wide below 100, 10 below 1,000, 100
    /// below 10,000; the last has all from there on.
    pub quality: Option<u32>,
    /// Transitions.
    pub transitions: u64,
    /// Transversions.
    pub transversions: u64,
    /// Records with insertions or deletions.
    pub indels: u64,
}

/// One depth.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DepthBin {
    /// The depth; -1 for those below 0 (a missing value of INFO/DP too), 501 for all above 500.
    pub depth: i32,
    /// Genotypes by FORMAT/DP, or the sum of AD without it; only depths above 0.
    pub genotypes: u64,
    /// Records by INFO/DP.
    pub sites: u64,
}

/// Counts by sample, each list in column order.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SampleCounts {
    /// Genotypes with a missing allele.
    pub missing: Vec<u32>,
    /// Several alleles, all REF; at records of every kind.
    pub hom_ref: Vec<u32>,
    /// Several alleles that differ; at SNPs.
    pub het: Vec<u32>,
    /// Several alleles, all the same ALT; at SNPs.
    pub hom_alt: Vec<u32>,
    /// One allele, REF.
    pub haploid_ref: Vec<u32>,
    /// One allele, ALT.
    pub haploid_alt: Vec<u32>,
    /// SNP alleles that are transitions.
    pub transitions: Vec<u32>,
    /// SNP alleles that are transversions.
    pub transversions: Vec<u32>,
    /// Genotypes with an insertion or deletion.
    pub indels: Vec<u32>,
    /// Records at which no other sample has several alleles that are not all REF.
    pub singletons: Vec<u32>,
    /// Genotypes with a depth above 0,
    pub depths: Vec<u32>,
    /// and the sum of their depths.
    pub depth_sum: Vec<u64>,
}

#[cfg(test)]
mod tests;
