//! `/vcf-dimensions/…/statistics`: what a file's records are like, as it was found when the file was indexed. Numbers are
//! those of `bcftools stats -s -` 1.24 where it has them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Answer of `GET /vcf-dimensions/projects/{project_name}/statistics`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FileStatistics {
    /// The key.
    pub object_name: String,
    /// The version.
    pub version_id: String,
    /// Whether all was counted. If not, the file has more than 100,000 samples: there are no counts by sample and no depths
    /// of genotypes, and frequencies are known where INFO has AC and AN.
    pub complete: bool,
    /// Numbers of records by what they are.
    pub sites: SiteCounts,
    /// ALT alleles by frequency, lowest first; bins without any are left out. There are one more than samples, from 101 to
    /// 1,001, over frequencies from 0 to 1.
    pub frequencies: Vec<FrequencyCount>,
    /// First ALT alleles by QUAL, lowest first; bins without any are left out. They are 1 wide below 100, 10 below 1,000 and
    /// 100 below 10,000; the last has all from there on.
    pub qualities: Vec<QualityCount>,
    /// Records and genotypes by depth, lowest first; depths without any are left out.
    pub depths: Vec<DepthCount>,
    /// ALT alleles by what they insert or delete.
    pub indel_lengths: Vec<IndelLengthCount>,
    /// Records along scaffolds, in file order: of at most 64 scaffolds, those with the most records.
    pub scaffolds: Vec<ScaffoldDensity>,
    /// How many more scaffolds have records.
    pub scaffolds_left_out: u64,
    /// Counts by sample, in column order.
    pub samples: Vec<SampleStatistics>,
}

/// Numbers of records. One with several ALT alleles counts once for each kind that it has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SiteCounts {
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
    /// SNP alleles by base: from A to C, A to G, A to T, C to A, C to G, C to T, G to A … T to G.
    pub substitutions: Vec<u64>,
    /// SNP alleles that are called once in all samples, or whose frequency is not known.
    pub singleton_snps: u64,
    /// The same of insertions and deletions.
    pub singleton_indels: u64,
}

/// ALT alleles of one range of frequencies.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FrequencyCount {
    /// Where the bin begins. The lowest has alleles too whose frequency is not known.
    pub frequency: f64,
    /// SNPs.
    pub snps: u64,
    /// Those of them that are transitions.
    pub transitions: u64,
    /// Those of them that are transversions.
    pub transversions: u64,
    /// Insertions and deletions.
    pub indels: u64,
}

/// First ALT alleles of one range of QUAL.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QualityCount {
    /// The lowest QUAL of the bin; null where QUAL is missing or negative.
    pub quality: Option<u32>,
    /// Transitions.
    pub transitions: u64,
    /// Transversions.
    pub transversions: u64,
    /// Records with insertions or deletions.
    pub indels: u64,
}

/// One depth.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DepthCount {
    /// The depth; -1 for those that are missing or below 0, 501 for all above 500.
    pub depth: i32,
    /// Genotypes by FORMAT/DP, or the sum of AD without it; only depths above 0.
    pub genotypes: u64,
    /// Records by INFO/DP.
    pub sites: u64,
}

/// ALT alleles of one length.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IndelLengthCount {
    /// Bases inserted, or, below 0, deleted; more than 60 count as 60.
    pub length: i32,
    /// ALT alleles.
    pub alleles: u64,
}

/// Records along one scaffold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScaffoldDensity {
    /// Its name.
    pub name: String,
    /// Width of each bin in bases, a power of two from 1,024 on.
    pub bin_width: u64,
    /// Records of each bin, at most 256. Bin n, from 0, has the records with n × width ≤ POS < (n + 1) × width.
    pub bins: Vec<u64>,
}

/// What the genotypes of a sample are like.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SampleStatistics {
    /// Its name.
    pub name: String,
    /// Genotypes with a missing allele.
    pub missing: u32,
    /// Several alleles, all REF; at records of every kind.
    pub hom_ref: u32,
    /// Several alleles that differ; at SNPs.
    pub het: u32,
    /// Several alleles, all the same ALT; at SNPs.
    pub hom_alt: u32,
    /// One allele, REF.
    pub haploid_ref: u32,
    /// One allele, ALT.
    pub haploid_alt: u32,
    /// SNP alleles that are transitions.
    pub transitions: u32,
    /// SNP alleles that are transversions.
    pub transversions: u32,
    /// Genotypes with an insertion or deletion.
    pub indels: u32,
    /// Records at which no other sample has several alleles that are not all REF.
    pub singletons: u32,
    /// Mean depth of the genotypes that have one; null if none has.
    pub mean_depth: Option<f64>,
}
