//! `/vcf-dimensions`: the technical index of a project's VCF files.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Answer of `GET /vcf-dimensions/projects/{project_name}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProjectDimensions {
    /// The project's number.
    pub project_id: i64,
    /// The project's name.
    pub project_name: String,
    /// Number of indexed files.
    pub vcf_file_count: usize,
    /// Indexed files, by key.
    pub vcf_files: Vec<VcfFile>,
    /// Number of skipped files.
    pub skipped_file_count: usize,
    /// Files that are VCF by name and not indexed, by key.
    pub skipped_files: Vec<SkippedFile>,
}

/// One indexed file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VcfFile {
    /// The key.
    pub vcf_file_s3_key: String,
    /// The version that was indexed.
    pub s3_version_id: String,
    /// Sample names in header order.
    pub samples: Vec<String>,
    /// Scaffolds that have records, in file order.
    pub scaffolds: Vec<String>,
    /// Records.
    pub variant_count: u64,
    /// Samples.
    pub sample_count: u64,
    /// Bytes, compressed.
    pub file_size_bytes: u64,
    /// When the file was first indexed.
    pub created_at: DateTime<Utc>,
    /// When this version was indexed.
    pub updated_at: DateTime<Utc>,
}

/// One skipped file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SkippedFile {
    /// The key.
    pub vcf_file_s3_key: String,
    /// The version that was looked at.
    pub s3_version_id: String,
    /// `divbase_generated`, or what is wrong with the file.
    pub skip_reason: Option<String>,
}

/// Answer of `…/samples`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UniqueSamples {
    /// Sorted names.
    pub unique_samples: Vec<String>,
}

/// Answer of `…/scaffolds`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UniqueScaffolds {
    /// All-digit names first, by number; the others alphabetically.
    pub unique_scaffolds: Vec<String>,
}

/// Answer of `…/vcf-files`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UniqueVcfFiles {
    /// Files by key.
    pub unique_vcf_files: Vec<VcfFileVersion>,
}

/// A file and the version of it that is indexed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VcfFileVersion {
    /// The key.
    pub vcf_file_s3_key: String,
    /// The version.
    pub s3_version_id: String,
}
