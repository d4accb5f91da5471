//! Kwargs and results of the tasks that users submit, as task history shows them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{plan::PinnedInput, query::QueryOptions};

/// Name of the VCF query task.
pub const BCFTOOLS_QUERY: &str = "tasks.bcftools_query";
/// Name of the metadata query task.
pub const SAMPLE_METADATA_QUERY: &str = "tasks.sample_metadata_query";
/// Name of the dimensions update task.
pub const UPDATE_DIMENSIONS: &str = "tasks.update_vcf_dimensions_task";

/// Kwargs of [`BCFTOOLS_QUERY`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BcftoolsQueryKwargs {
    /// As asked.
    pub tsv_filter: Option<String>,
    /// As asked.
    pub metadata_tsv_name: Option<String>,
    /// As asked.
    pub command: String,
    /// As asked.
    pub samples: Option<Vec<String>>,
    /// As asked.
    pub all_samples: bool,
    /// The project's bucket.
    pub bucket_name: String,
    /// The project.
    pub project_id: i64,
    /// Its name.
    pub project_name: String,
    /// The submitter.
    pub user_id: i64,
    /// The task's own number, which names the result files.
    pub job_id: i64,
    /// The file versions to choose from, fixed at submission (ours).
    #[serde(default)]
    pub inputs: Vec<PinnedInput>,
    /// The version of the metadata table, fixed at submission (ours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata_version_id: Option<String>,
    /// What the table and the files that are left out gave cause to say when it was submitted (ours).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// What was told with the submission, to be told again when it is repeated (ours).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub submission_warnings: Vec<String>,
    /// What else was asked (ours).
    #[serde(flatten)]
    pub options: QueryOptions,
}

/// Result of [`BCFTOOLS_QUERY`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BcftoolsQueryResult {
    /// `completed`.
    pub status: String,
    /// Key of the result.
    pub output_file: String,
    /// Key of the log.
    pub log_file: String,
    /// Records in the result (ours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<u64>,
    /// Samples in the result (ours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub samples: Option<u64>,
    /// Bytes of the result (ours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<u64>,
    /// The version of the result that the task wrote (ours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_id: Option<String>,
    /// SHA-256 of the result, in hex (ours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Key of the result's CSI index (ours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index_file: Option<String>,
    /// The engine that made it (ours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    /// The earlier task whose result this is a copy of (ours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached_from_task_id: Option<i64>,
    /// What the user should know about the answer (ours).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// Kwargs of [`SAMPLE_METADATA_QUERY`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SampleMetadataQueryKwargs {
    /// As asked.
    pub tsv_filter: String,
    /// As asked.
    pub metadata_tsv_name: String,
    /// The project's bucket.
    pub bucket_name: String,
    /// The project.
    pub project_id: i64,
    /// Its name.
    pub project_name: String,
    /// The submitter.
    pub user_id: i64,
    /// Answer as the Python server does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub compat: bool,
    /// The project version that is asked; absent for the newest files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_version: Option<String>,
}

/// Kwargs of [`UPDATE_DIMENSIONS`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateDimensionsKwargs {
    /// The project's bucket.
    pub bucket_name: String,
    /// The project.
    pub project_id: i64,
    /// Its name.
    pub project_name: String,
    /// The submitter.
    pub user_id: i64,
}

/// Result of [`UPDATE_DIMENSIONS`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UpdateDimensionsResult {
    /// `completed`.
    pub status: String,
    /// Files indexed by this task.
    #[serde(rename = "VCF_files_added")]
    pub vcf_files_added: Option<Vec<String>>,
    /// Files recognised as results of DivBase and not indexed.
    #[serde(rename = "VCF_files_skipped")]
    pub vcf_files_skipped: Option<Vec<String>>,
    /// Files that left the bucket and the index.
    #[serde(rename = "VCF_files_deleted")]
    pub vcf_files_deleted: Option<Vec<String>>,
}

/// What task history shows as the result of a task in `FAILURE`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaskFailure {
    /// Class of the error, stable.
    pub exc_type: String,
    /// What a user may read.
    pub exc_message: Vec<String>,
    /// Where it comes from.
    pub exc_module: String,
}
