//! The typed plan: what one `bcftools view` of a command does. Holds decisions, no text of the user except names
//! and the filter expression.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::limit::{CountLimit, FrequencyLimit};
use super::region::Region;
use crate::expr::Expression;
use crate::spelling::Spelling;

/// The stages of a command in the order in which records pass through them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pipeline {
    /// At least one stage.
    pub stages: Vec<ViewStage>,
}

/// One `view`, bcftools 1.24. The default is `view` without options.
///
/// Within a stage the order of steps is bcftools' and fixed: regions and targets, alleles, identifiers, types and
/// expression on the record as read; then the samples; then genotypes, counts and frequencies; then trimming,
/// phasing and dropping of genotypes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ViewStage {
    /// `-s`, `-S`: which samples are kept; `None` keeps all.
    pub samples: Option<SampleChoice>,
    /// `--force-samples`: unknown samples are passed over instead of being an error.
    pub force_samples: bool,
    /// `-I` keeps INFO/AC and INFO/AN as they are.
    pub info_update: InfoUpdate,
    /// `-G`: no FORMAT and no samples in the output.
    pub drop_genotypes: bool,
    /// `-a`: ALT alleles that no genotype has are removed.
    pub trim_alt_alleles: bool,
    /// `-A`: `<*>` and `<NON_REF>` are removed.
    pub trim_unseen_allele: TrimUnseenAllele,
    /// `-r`: read through the index; empty reads all.
    pub regions: Vec<Region>,
    /// `--regions-overlap`.
    pub regions_overlap: RegionsOverlap,
    /// `-t`: compared while streaming.
    pub targets: Option<Targets>,
    /// `--targets-overlap`.
    pub targets_overlap: Overlap,
    /// `-m`: least number of alleles, REF included.
    pub min_alleles: Option<u32>,
    /// `-M`: greatest number of alleles, REF included.
    pub max_alleles: Option<u32>,
    /// `-c`: least allele count.
    pub min_count: Option<CountLimit>,
    /// `-C`: greatest allele count.
    pub max_count: Option<CountLimit>,
    /// `-q`: least allele frequency.
    pub min_frequency: Option<FrequencyLimit>,
    /// `-Q`: greatest allele frequency.
    pub max_frequency: Option<FrequencyLimit>,
    /// `-g`.
    pub genotype: Option<GenotypeFilter>,
    /// `-k`, `-n`.
    pub identifier: Option<IdentifierFilter>,
    /// `-p` selects, `-P` excludes sites where all samples are phased.
    pub phased: Option<Sites>,
    /// `-u` selects, `-U` excludes sites without a called genotype.
    pub uncalled: Option<Sites>,
    /// `-x` selects, `-X` excludes sites whose non-reference alleles only the kept samples have. Compares only if
    /// samples are chosen.
    pub private: Option<Sites>,
    /// `-v`, `-V`.
    pub types: Option<TypeFilter>,
    /// `-f`: at least one of these FILTER entries is present; `.` is the entry of a record without filters.
    pub apply_filters: Vec<String>,
    /// `-i`, `-e`.
    pub expression: Option<ExpressionFilter>,
    /// `--no-version`.
    pub version_lines: VersionLines,
}

impl ViewStage {
    /// Whether allele counts are needed, which is also when INFO/AC and INFO/AN are written unless
    /// [`InfoUpdate::Keep`] says otherwise.
    pub fn counts_alleles(&self) -> bool {
        self.trim_alt_alleles
            || self.min_count.is_some()
            || self.max_count.is_some()
            || self.min_frequency.is_some()
            || self.max_frequency.is_some()
            || self.private.is_some()
            || self.uncalled.is_some()
            || (self.samples.is_some() && self.info_update == InfoUpdate::Recalculate)
    }
}

/// Which samples a stage keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SampleChoice {
    /// The samples of the query's selection that the file has; put in when the stage runs.
    Selection,
    /// These, in this order.
    Include(Vec<String>),
    /// All but these.
    Exclude(Vec<String>),
    /// Those named in a local file, one a line. Never in a plan of the service.
    IncludeFile(String),
    /// All but those named in a local file. Never in a plan of the service.
    ExcludeFile(String),
}

/// Whether INFO/AC and INFO/AN are written anew when alleles are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InfoUpdate {
    /// Written from the genotypes of the samples kept.
    #[default]
    Recalculate,
    /// Left as read.
    Keep,
}

/// Where `<*>` and `<NON_REF>` are removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrimUnseenAllele {
    /// Nowhere.
    #[default]
    Nowhere,
    /// `-A`: where another ALT allele is present.
    VariantSites,
    /// `-AA`: everywhere.
    AllSites,
}

/// When a record belongs to a region.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Overlap {
    /// Its POS lies in the region. The default of targets.
    #[default]
    Position,
    /// Its REF, END or symbolic allele overlaps the region. The default of regions.
    Record,
    /// The bases that the variant changes overlap the region.
    Variant,
}

impl Overlap {
    pub(super) const SPELLING: &Spelling<Self> = &[
        ("0", Self::Position),
        ("pos", Self::Position),
        ("1", Self::Record),
        ("record", Self::Record),
        ("2", Self::Variant),
        ("variant", Self::Variant),
    ];
}

/// [`Overlap`] with the default of `-r`, which is [`Overlap::Record`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RegionsOverlap(pub Overlap);

impl Default for RegionsOverlap {
    fn default() -> Self {
        Self(Overlap::Record)
    }
}

/// The value of `-t`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Targets {
    /// Whether the records in the regions are kept or removed (`^`).
    pub sites: Sites,
    /// At least one.
    pub regions: Vec<Region>,
}

/// What becomes of the sites for which a condition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sites {
    /// Only they are kept.
    Select,
    /// They are removed.
    Exclude,
}

/// The value of `-g`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GenotypeFilter {
    /// Whether sites with at least one such genotype are kept or removed.
    pub sites: Sites,
    /// Which genotypes.
    pub genotype: GenotypeKind,
}

/// Genotypes as `-g` tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GenotypeKind {
    /// All alleles equal; haploid genotypes count as homozygous.
    Homozygous,
    /// Two different alleles.
    Heterozygous,
    /// An allele is missing.
    Missing,
}

impl GenotypeKind {
    pub(super) const SPELLING: &Spelling<Self> = &[
        ("hom", Self::Homozygous),
        ("het", Self::Heterozygous),
        ("miss", Self::Missing),
    ];
}

/// What the ID column must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierFilter {
    /// `-k`: not `.`.
    Known,
    /// `-n`: `.`.
    Novel,
    /// `-k` and `-n` together, which nothing fulfils.
    KnownAndNovel,
}

/// The value of `-v` or `-V`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeFilter {
    /// Whether records with such an allele are kept (`-v`) or removed (`-V`).
    pub sites: Sites,
    /// At least one.
    pub types: BTreeSet<VariantType>,
}

/// Kinds of variants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VariantType {
    /// `snps`
    Snp,
    /// `indels`
    Indel,
    /// `mnps`
    Mnp,
    /// `ref`: no variant allele at all.
    Reference,
    /// `bnd`
    Breakend,
    /// `other`
    Other,
    /// `overlap`: the `*` allele.
    Overlap,
}

impl VariantType {
    pub(super) const SPELLING: &Spelling<Self> = &[
        ("snps", Self::Snp),
        ("snp", Self::Snp),
        ("indels", Self::Indel),
        ("indel", Self::Indel),
        ("mnps", Self::Mnp),
        ("mnp", Self::Mnp),
        ("ref", Self::Reference),
        ("bnd", Self::Breakend),
        ("other", Self::Other),
        ("overlap", Self::Overlap),
    ];
}

/// The value of `-i` or `-e`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExpressionFilter {
    /// Whether sites for which the expression holds are kept (`-i`) or removed (`-e`).
    pub sites: Sites,
    /// The expression.
    pub expression: Expression,
}

/// Whether the header gets lines that name the program and the command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VersionLines {
    /// It gets them.
    #[default]
    Add,
    /// `--no-version`: it gets none.
    Omit,
}
