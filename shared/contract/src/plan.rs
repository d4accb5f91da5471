//! How a VCF query is going to be answered: which versions of which files, put together how, at what cost.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::words::words;

/// What the stages of a command look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FilterScope {
    /// Each file by itself, before files are put together: allele frequencies are those of a file.
    #[default]
    File,
    /// All files merged: allele frequencies are those of all selected samples.
    Cohort,
}

words! { FilterScope { File = "file", Cohort = "cohort" } }

/// What is done where files contradict each other: different genotypes of one sample at one site, or different REF.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OnConflict {
    /// The query fails and names files, site and sample.
    #[default]
    Error,
    /// What the first file by key says is in the result.
    First,
    /// What files contradict each other in is missing in the result; of different REF that of the first file stands.
    Missing,
    /// Both records are in the result.
    KeepBoth,
}

words! {
    OnConflict {
        Error = "error", First = "first", Missing = "missing", KeepBoth = "keep-both"
    }
}

/// The format of a result, by the letters of `bcftools view -O`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum OutputType {
    /// bgzipped VCF, `.vcf.gz`.
    #[default]
    Z,
    /// BCF, `.bcf`.
    B,
}

words! { OutputType { Z = "z", B = "b" } }

impl OutputType {
    /// What names of such files end in.
    #[must_use]
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Z => ".vcf.gz",
            Self::B => ".bcf",
        }
    }
}

/// Which records of different files at one position become one record, as `bcftools merge -m` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MergeMode {
    /// SNPs with SNPs, and indels with indels.
    #[default]
    Both,
    /// None that would get more alleles by it.
    None,
    /// SNPs with SNPs.
    Snps,
    /// Indels with indels.
    Indels,
    /// SNPs with SNPs, insertions with insertions, deletions with deletions.
    SnpInsDel,
    /// All.
    All,
    /// Those with the same alleles.
    Exact,
    /// Those with the same ID.
    Id,
}

words! {
    MergeMode {
        Both = "both", None = "none", Snps = "snps", Indels = "indels", SnpInsDel = "snp-ins-del", All = "all",
        Exact = "exact", Id = "id"
    }
}

/// How records of files with different samples become one record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MergeRules {
    /// Which of them.
    pub merge_mode: MergeMode,
    /// What becomes of INFO, as `bcftools merge -i` is told it.
    pub info_rules: String,
    /// Whether samples of a file without the record are `0/0` instead of `./.`.
    pub missing_to_ref: bool,
    /// Whether gVCF blocks are merged.
    #[serde(default)]
    pub gvcf: bool,
}

impl std::fmt::Display for MergeRules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let word = |is_so| if is_so { "yes" } else { "no" };
        write!(
            f,
            "merge-mode={}; info-rules={}; missing-to-ref={}; gvcf={}",
            self.merge_mode.as_str(),
            self.info_rules,
            word(self.missing_to_ref),
            word(self.gvcf)
        )
    }
}

/// Which engine answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum EngineChoice {
    /// The native engine, and bcftools for what it declines.
    #[default]
    Auto,
    /// The native engine alone: what it declines fails.
    Native,
    /// bcftools.
    Bcftools,
}

words! { EngineChoice { Auto = "auto", Native = "native", Bcftools = "bcftools" } }

/// A version of a file that a query may read, fixed when it was submitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PinnedInput {
    /// The key.
    pub key: String,
    /// The version.
    pub version_id: String,
    /// Its ETag, without quotes.
    pub etag: String,
    /// Its bytes.
    pub size_bytes: u64,
}

/// Answer of a VCF query with `dry_run`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QueryPlan {
    /// The project version that is asked; absent for the newest files.
    pub project_version: Option<String>,
    /// The command as understood, with defaults left out.
    pub command: String,
    /// What the stages look at.
    pub filter_scope: FilterScope,
    /// How the files are put together, such as `concat` or `concat, merge`.
    pub decision: String,
    /// The same in a sentence.
    pub explanation: String,
    /// How records are merged; absent if no files are.
    pub merge_rules: Option<MergeRules>,
    /// The files that are read, by key.
    pub files: Vec<PlannedFile>,
    /// The samples of the result, in its order.
    pub samples: Vec<String>,
    /// The regions that are read; empty for whole files.
    pub regions: Vec<String>,
    /// Bytes that are read from the store.
    pub bytes_to_read: u64,
    /// Bytes that are not read, as the index shows that the filter keeps nothing there.
    #[serde(default)]
    pub bytes_skipped: u64,
    /// An upper bound of the records that are looked at.
    pub records_to_read: u64,
    /// Roughly how long it takes, seconds.
    pub estimated_seconds: f64,
    /// Roughly what it costs, US dollars.
    pub estimated_cost_usd: f64,
    /// Which engine answers.
    pub engine: String,
    /// Why that one.
    pub engine_reason: String,
    /// The queue: `long`, or `heavy` for what takes longer than a function may run.
    pub queue: String,
    /// In about how many windows of the genome it is answered, each by a task of its own.
    #[serde(default = "one_window")]
    pub windows: u64,
    /// The task whose result would be given again.
    pub cached_task_id: Option<i64>,
    /// What the user should know.
    pub warnings: Vec<String>,
}

/// A plan of a service that knows no windows is answered as a whole.
const fn one_window() -> u64 {
    1
}

/// A file of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlannedFile {
    /// The key.
    pub key: String,
    /// The version.
    pub version_id: String,
    /// Its bytes.
    pub size_bytes: u64,
    /// Bytes of it that are read.
    pub bytes_to_read: u64,
    /// The samples that are taken from it; absent if all are, or if the plan would name more than 100,000.
    pub samples: Option<Vec<String>>,
    /// How many samples are taken from it.
    #[serde(default)]
    pub kept_sample_count: u64,
    /// How many samples it has.
    pub sample_count: u64,
}
