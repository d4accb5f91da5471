//! `/query`: what a user asks. Exactly one way of selecting samples is given, by construction.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    dollars::Dollars,
    field::{Command, Filter, InfoRules, Items, ObjectKey, ProjectVersionName, SampleName},
    limits::{DEFAULT_METADATA_TSV, FILES_MAX, SAMPLES_MAX},
    plan::{EngineChoice, FilterScope, MergeMode, OnConflict, OutputType},
    tasks::BcftoolsQueryKwargs,
};

/// Header of an accepted VCF query: what the user should know about it, a JSON array of texts in ASCII (ours).
pub const WARNINGS_HEADER: &str = "x-divbase-warnings";

/// Body of `POST /query/sample-metadata/projects/{project_name}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MetadataQueryRequest {
    /// Filter in the metadata language; empty for all rows.
    pub tsv_filter: Filter,
    /// Key of the table in the project.
    pub metadata_tsv_name: ObjectKey,
    /// Answer as the Python server does, traps included (ours).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub compat: bool,
    /// Ask the files of this project version instead of the newest (ours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_version: Option<ProjectVersionName>,
}

/// VCF files of a query, by key.
pub type FileKeys = Items<ObjectKey, 0, FILES_MAX>;

/// Samples of a query, by name.
pub type SampleNames = Items<SampleName, 0, SAMPLES_MAX>;

/// Body of `POST /query/vcf/projects/{project_name}`, fields as they come. See [`VcfQueryRequest::selection`]. The options
/// are not flattened into it: an error in a flattened field does not name the field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VcfQueryRequest {
    /// One or more `view …` stages separated by `;`.
    pub command: Command,
    /// Samples by a metadata filter.
    pub tsv_filter: Option<Filter>,
    /// Table that `tsv_filter` reads.
    pub metadata_tsv_name: Option<ObjectKey>,
    /// Samples by name.
    #[schema(inline)]
    pub samples: Option<SampleNames>,
    /// Every sample of every file.
    #[serde(default)]
    pub all_samples: bool,
    /// See [`QueryOptions`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub files: Option<FileKeys>,
    /// See [`QueryOptions`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub exclude_files: Option<FileKeys>,
    /// See [`QueryOptions`].
    #[serde(default, skip_serializing_if = "is_default")]
    pub compat: bool,
    /// See [`QueryOptions`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_version: Option<ProjectVersionName>,
    /// See [`QueryOptions`].
    #[serde(default, skip_serializing_if = "is_default")]
    pub filter_scope: FilterScope,
    /// See [`QueryOptions`].
    #[serde(default, skip_serializing_if = "is_default")]
    pub on_conflict: OnConflict,
    /// See [`QueryOptions`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub info_rules: Option<InfoRules>,
    /// See [`QueryOptions`].
    #[serde(default, skip_serializing_if = "is_default")]
    pub merge_mode: MergeMode,
    /// See [`QueryOptions`].
    #[serde(default, skip_serializing_if = "is_default")]
    pub missing_to_ref: bool,
    /// See [`QueryOptions`].
    #[serde(default, skip_serializing_if = "is_default")]
    pub gvcf: bool,
    /// See [`QueryOptions`].
    #[serde(default, skip_serializing_if = "is_default")]
    pub output_type: OutputType,
    /// See [`QueryOptions`].
    #[serde(default, skip_serializing_if = "is_default")]
    pub engine: EngineChoice,
    /// See [`QueryOptions`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub max_cost: Option<Dollars>,
    /// See [`QueryOptions`].
    #[serde(default, skip_serializing_if = "is_default")]
    pub no_cache: bool,
    /// See [`QueryOptions`].
    #[serde(default, skip_serializing_if = "is_default")]
    pub dry_run: bool,
}

/// What can be asked of a VCF query beside samples and command. None of it is known to the Python server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QueryOptions {
    /// Read `tsv_filter` as the Python server does, traps included.
    #[serde(default, skip_serializing_if = "is_default")]
    pub compat: bool,
    /// Ask the files of this project version instead of the newest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_version: Option<String>,
    /// Ask these VCF files alone, by key.
    #[serde(default, skip_serializing_if = "is_default")]
    pub files: Vec<String>,
    /// Leave these VCF files out, by key.
    #[serde(default, skip_serializing_if = "is_default")]
    pub exclude_files: Vec<String>,
    /// Whether the stages look at each file by itself or at all files merged.
    #[serde(default, skip_serializing_if = "is_default")]
    pub filter_scope: FilterScope,
    /// What is done where files contradict each other.
    #[serde(default, skip_serializing_if = "is_default")]
    pub on_conflict: OnConflict,
    /// Whether the result is bgzipped VCF (`z`) or BCF (`b`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub output_type: OutputType,
    /// What becomes of INFO tags when files are merged, as `bcftools merge -i`; by default DP and DP4 are summed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub info_rules: Option<InfoRules>,
    /// Which records are merged, as `bcftools merge -m`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub merge_mode: MergeMode,
    /// Whether samples of a file that has no record of a site are `0/0` there instead of `./.`, as `bcftools merge -0`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub missing_to_ref: bool,
    /// Whether blocks of reference bases (gVCF) are cut where blocks or variants of other files begin or end, as
    /// `bcftools merge -g -`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub gvcf: bool,
    /// Which engine answers.
    #[serde(default, skip_serializing_if = "is_default")]
    pub engine: EngineChoice,
    /// Refuse the query if it is estimated to cost more than so many US dollars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub max_cost: Option<Dollars>,
    /// Compute the answer even if the same was asked before.
    #[serde(default, skip_serializing_if = "is_default")]
    pub no_cache: bool,
    /// Answer with the plan; nothing is queued.
    #[serde(default, skip_serializing_if = "is_default")]
    pub dry_run: bool,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn keys(keys: Option<&FileKeys>) -> Vec<String> {
    let keys = keys.into_iter().flat_map(FileKeys::items);
    keys.map(|key| String::from(key.clone())).collect()
}

/// Body of the older name `POST /query/bcftools-pipe/projects/{project_name}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BcftoolsPipeRequest {
    /// Filter in the metadata language; absent or empty for all rows of the table.
    pub tsv_filter: Option<Filter>,
    /// Key of the table in the project.
    pub metadata_tsv_name: Option<ObjectKey>,
    /// One or more `view …` stages separated by `;`.
    pub command: Command,
}

impl From<BcftoolsPipeRequest> for VcfQueryRequest {
    fn from(old: BcftoolsPipeRequest) -> Self {
        Self {
            tsv_filter: Some(old.tsv_filter.unwrap_or_else(Filter::all)),
            metadata_tsv_name: old
                .metadata_tsv_name
                .or_else(|| DEFAULT_METADATA_TSV.parse().ok()),
            ..Self::new(old.command)
        }
    }
}

/// How the samples of a VCF query are chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SampleSelection {
    /// By a filter over a metadata table.
    Metadata {
        /// Filter; empty for all rows.
        filter: String,
        /// Key of the table.
        table: String,
    },
    /// By name, in the user's order, without repetitions.
    Named(Vec<String>),
    /// Every sample of every file.
    All,
}

/// Why no selection can be read from a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// None or several of the three ways.
    #[error("give exactly one of `tsv_filter`, `samples` and `all_samples=true`")]
    NotExactlyOne,
    /// `tsv_filter` without a table.
    #[error("`metadata_tsv_name` is required with `tsv_filter`")]
    TableMissing,
    /// `samples` without a name.
    #[error("`samples` must name at least one sample")]
    NoSamples,
}

impl VcfQueryRequest {
    /// A query with this command that chooses no samples yet; all else is as it is by default.
    #[must_use]
    pub fn new(command: Command) -> Self {
        Self {
            command,
            tsv_filter: None,
            metadata_tsv_name: None,
            samples: None,
            all_samples: false,
            files: None,
            exclude_files: None,
            compat: false,
            project_version: None,
            filter_scope: FilterScope::default(),
            on_conflict: OnConflict::default(),
            info_rules: None,
            merge_mode: MergeMode::default(),
            missing_to_ref: false,
            gvcf: false,
            output_type: OutputType::default(),
            engine: EngineChoice::default(),
            max_cost: None,
            no_cache: false,
            dry_run: false,
        }
    }

    /// What is asked beside samples and command.
    #[must_use]
    pub fn options(&self) -> QueryOptions {
        QueryOptions {
            files: keys(self.files.as_ref()),
            exclude_files: keys(self.exclude_files.as_ref()),
            compat: self.compat,
            project_version: self.project_version.clone().map(String::from),
            filter_scope: self.filter_scope,
            on_conflict: self.on_conflict,
            output_type: self.output_type,
            info_rules: self.info_rules.clone(),
            merge_mode: self.merge_mode,
            missing_to_ref: self.missing_to_ref,
            gvcf: self.gvcf,
            engine: self.engine,
            max_cost: self.max_cost,
            no_cache: self.no_cache,
            dry_run: self.dry_run,
        }
    }

    /// The one way in which samples are chosen.
    ///
    /// # Errors
    /// If there is not exactly one, or it is incomplete.
    pub fn selection(&self) -> Result<SampleSelection, SelectionError> {
        SampleSelection::choose(
            self.tsv_filter.as_deref(),
            self.metadata_tsv_name.as_deref(),
            self.samples.as_ref().map(SampleNames::items),
            self.all_samples,
        )
    }
}

impl BcftoolsQueryKwargs {
    /// The one way in which samples are chosen.
    ///
    /// # Errors
    /// If there is not exactly one, or it is incomplete.
    pub fn selection(&self) -> Result<SampleSelection, SelectionError> {
        SampleSelection::choose(
            self.tsv_filter.as_deref(),
            self.metadata_tsv_name.as_deref(),
            self.samples.as_deref(),
            self.all_samples,
        )
    }
}

impl SampleSelection {
    fn choose(
        filter: Option<&str>,
        table: Option<&str>,
        samples: Option<&[impl AsRef<str>]>,
        all: bool,
    ) -> Result<Self, SelectionError> {
        match (filter, samples, all) {
            (Some(filter), None, false) => match table {
                Some(table) if !table.trim().is_empty() => Ok(Self::Metadata {
                    filter: filter.to_owned(),
                    table: table.to_owned(),
                }),
                _ => Err(SelectionError::TableMissing),
            },
            (None, Some(names), false) => {
                let mut unique: Vec<String> = Vec::with_capacity(names.len());
                let mut seen = std::collections::HashSet::with_capacity(names.len());
                for name in names.iter().map(AsRef::as_ref) {
                    if !name.is_empty() && seen.insert(name) {
                        unique.push(name.to_owned());
                    }
                }
                if unique.is_empty() {
                    return Err(SelectionError::NoSamples);
                }
                Ok(Self::Named(unique))
            }
            (None, None, true) => Ok(Self::All),
            _ => Err(SelectionError::NotExactlyOne),
        }
    }
}

/// Answer of the metadata query, and result of its task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MetadataQueryResult {
    /// Every (sample, file) pair, in file order.
    pub sample_and_filename_subset: Vec<SampleFile>,
    /// Selected samples in table order.
    pub unique_sample_ids: Vec<String>,
    /// Files that contain any of them, by key.
    pub unique_filenames: Vec<String>,
    /// The filter as understood.
    pub query_message: String,
    /// What the user should know about table and filter.
    pub warnings: Vec<String>,
    /// `completed`.
    pub status: String,
}

/// A sample and a file that contains it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SampleFile {
    /// The sample.
    pub sample_id: String,
    /// The key.
    pub filename: String,
}
