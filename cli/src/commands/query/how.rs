//! How a query of VCF files is answered, as options say it.

use clap::{Args, ValueEnum};
use divbase_contract::{
    dollars::Dollars,
    field::ObjectKey,
    plan::{EngineChoice, FilterScope, MergeMode, OnConflict, OutputType},
    query::{FileKeys, VcfQueryRequest},
};

use crate::failure::{Failure, Outcome};

/// How a query is answered.
#[derive(Args)]
pub(super) struct HowArgs {
    /// Show what would be read and how long it would take; submit nothing
    #[arg(long, help_heading = "How")]
    dry_run: bool,
    /// Ask the files as they were in this project version (see `version ls`)
    #[arg(long, value_name = "NAME", help_heading = "How")]
    project_version: Option<String>,
    /// Let filters look at each file by itself, or at all files merged (allele frequencies differ)
    #[arg(long, value_enum, default_value_t = Scope::File, help_heading = "How")]
    filter_scope: Scope,
    /// What to do where files contradict each other in a genotype or in REF: fail, take the first file's record, set what is disputed to missing, or keep both
    #[arg(long, value_enum, default_value_t = Conflict::Error, help_heading = "How")]
    on_conflict: Conflict,
    /// Which records of one position become one when files are merged, as `bcftools merge -m`
    #[arg(long, value_enum, value_name = "MODE", default_value_t = Mode::Both, help_heading = "How")]
    merge_mode: Mode,
    /// What becomes of INFO when files are merged, as `bcftools merge -i`: TAG:METHOD,… with a METHOD of sum, avg, min, max
    /// and join, or - for no rules [default: DP:sum,DP4:sum]
    #[arg(
        long,
        value_name = "RULES",
        help_heading = "How",
        allow_hyphen_values = true
    )]
    info_rules: Option<String>,
    /// Take samples of a file that has no record of a site for 0/0 there, as `bcftools merge -0`
    #[arg(long, help_heading = "How")]
    missing_to_ref: bool,
    /// Merge the blocks of reference bases of gVCF files, as `bcftools merge -g -`: they are cut where blocks or variants of
    /// other files begin or end
    #[arg(long, help_heading = "How")]
    gvcf: bool,
    /// The format of the result: z for bgzipped VCF, b for BCF
    #[arg(long, short = 'O', value_enum, default_value_t = Kind::Z, value_name = "TYPE", help_heading = "How")]
    output_type: Kind,
    /// Which engine answers; auto is the native one, and bcftools for what that declines
    #[arg(long, value_enum, default_value_t = Engine::Auto, help_heading = "How")]
    engine: Engine,
    /// Refuse the query if it is estimated to cost the service more than so many US dollars
    #[arg(long, value_name = "DOLLARS", help_heading = "How")]
    max_cost: Option<Dollars>,
    /// Compute the answer even if the same was asked before
    #[arg(long, help_heading = "How")]
    no_cache: bool,
    /// Ask this VCF file of the project alone; may be given several times
    #[arg(long, value_name = "FILE", help_heading = "How")]
    file: Vec<String>,
    /// Leave this VCF file of the project out; may be given several times
    #[arg(long, value_name = "FILE", help_heading = "How")]
    exclude_file: Vec<String>,
}

/// `--filter-scope`
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Scope {
    File,
    Cohort,
}

/// `--on-conflict`
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Conflict {
    Error,
    First,
    Missing,
    KeepBoth,
}

/// `--output-type`
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    Z,
    B,
}

/// `--merge-mode`
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mode {
    Both,
    None,
    Snps,
    Indels,
    SnpInsDel,
    All,
    Exact,
    Id,
}

/// `--engine`
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Engine {
    Auto,
    Native,
    Bcftools,
}

impl HowArgs {
    /// The request, answered so.
    pub(super) fn told(self, request: VcfQueryRequest) -> Outcome<VcfQueryRequest> {
        let version = self.project_version;
        let rules = self.info_rules;
        Ok(VcfQueryRequest {
            project_version: version
                .map(|name| Failure::checked("--project-version", name))
                .transpose()?,
            filter_scope: match self.filter_scope {
                Scope::File => FilterScope::File,
                Scope::Cohort => FilterScope::Cohort,
            },
            on_conflict: match self.on_conflict {
                Conflict::Error => OnConflict::Error,
                Conflict::First => OnConflict::First,
                Conflict::Missing => OnConflict::Missing,
                Conflict::KeepBoth => OnConflict::KeepBoth,
            },
            info_rules: rules
                .map(|rules| Failure::checked("--info-rules", rules))
                .transpose()?,
            merge_mode: match self.merge_mode {
                Mode::Both => MergeMode::Both,
                Mode::None => MergeMode::None,
                Mode::Snps => MergeMode::Snps,
                Mode::Indels => MergeMode::Indels,
                Mode::SnpInsDel => MergeMode::SnpInsDel,
                Mode::All => MergeMode::All,
                Mode::Exact => MergeMode::Exact,
                Mode::Id => MergeMode::Id,
            },
            missing_to_ref: self.missing_to_ref,
            gvcf: self.gvcf,
            output_type: match self.output_type {
                Kind::Z => OutputType::Z,
                Kind::B => OutputType::B,
            },
            engine: match self.engine {
                Engine::Auto => EngineChoice::Auto,
                Engine::Native => EngineChoice::Native,
                Engine::Bcftools => EngineChoice::Bcftools,
            },
            max_cost: self.max_cost,
            no_cache: self.no_cache,
            dry_run: self.dry_run,
            files: file_keys("--file", self.file)?,
            exclude_files: file_keys("--exclude-file", self.exclude_file)?,
            ..request
        })
    }
}

/// Keys that an option names; nothing if it was not given.
fn file_keys(option: &'static str, names: Vec<String>) -> Outcome<Option<FileKeys>> {
    if names.is_empty() {
        return Ok(None);
    }
    let keys = names
        .into_iter()
        .map(|name| Failure::checked(option, name))
        .collect::<Outcome<Vec<ObjectKey>>>()?;
    Failure::checked(option, keys).map(Some)
}
