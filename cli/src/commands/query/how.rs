//! How a query of VCF files is answered, as options say it.

use clap::Args;
use divbase_contract::{
    dollars::Dollars,
    field::ObjectKey,
    plan::{EngineChoice, FilterScope, MergeMode, OnConflict, OutputType},
    query::{FileKeys, VcfQueryRequest},
};

use crate::{
    arguments::named,
    failure::{Failure, Outcome},
};

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
    #[arg(long, value_parser = named::<FilterScope>(&["file", "cohort"]), default_value = "file", help_heading = "How")]
    filter_scope: FilterScope,
    /// What to do where files contradict each other in a genotype or in REF: fail, take the first file's record, set what is disputed to missing, or keep both
    #[arg(long, value_parser = named::<OnConflict>(&["error", "first", "missing", "keep-both"]), default_value = "error", help_heading = "How")]
    on_conflict: OnConflict,
    /// Which records of one position become one when files are merged, as `bcftools merge -m`
    #[arg(long, value_parser = named::<MergeMode>(&["both", "none", "snps", "indels", "snp-ins-del", "all", "exact", "id"]), value_name = "MODE", default_value = "both", help_heading = "How")]
    merge_mode: MergeMode,
    /// What becomes of INFO when files are merged, as `bcftools merge -i`: TAG:METHOD,… with a METHOD of sum, avg, min, max
    /// and join, or - for no rules [default: DP:sum,DP4:sum]
    #[arg(
        long,
        value_name = "RULES",
        allow_hyphen_values = true,
        help_heading = "How"
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
    #[arg(long, short = 'O', value_parser = named::<OutputType>(&["z", "b"]), default_value = "z", value_name = "TYPE", help_heading = "How")]
    output_type: OutputType,
    /// Which engine answers; auto is the native one, and bcftools for what that declines
    #[arg(long, value_parser = named::<EngineChoice>(&["auto", "native", "bcftools"]), default_value = "auto", help_heading = "How")]
    engine: EngineChoice,
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

impl HowArgs {
    /// The request, answered so.
    pub(super) fn told(self, request: VcfQueryRequest) -> Outcome<VcfQueryRequest> {
        let version = self.project_version;
        let rules = self.info_rules;
        Ok(VcfQueryRequest {
            project_version: Failure::checked_some("--project-version", version)?,
            filter_scope: self.filter_scope,
            on_conflict: self.on_conflict,
            info_rules: Failure::checked_some("--info-rules", rules)?,
            merge_mode: self.merge_mode,
            missing_to_ref: self.missing_to_ref,
            gvcf: self.gvcf,
            output_type: self.output_type,
            engine: self.engine,
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
