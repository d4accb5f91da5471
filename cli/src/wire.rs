//! Bodies of routes that `divbase-contract` does not describe yet: file versions, deletion, folders, uploads in parts
//! and project versions.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A soft-deleted file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Deleted {
    /// The key.
    pub name: String,
    /// When it was deleted.
    pub last_modified: DateTime<Utc>,
}

/// One file with its versions, newest first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FileInfo {
    /// The key.
    pub object_name: String,
    /// Whether it is soft-deleted.
    pub is_currently_deleted: bool,
    /// Its versions.
    pub versions: Vec<FileVersion>,
}

/// One version of a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FileVersion {
    /// The store's name for it.
    pub version_id: String,
    /// When it was written.
    pub last_modified: DateTime<Utc>,
    /// Bytes.
    pub size: u64,
    /// ETag without quotes.
    pub etag: String,
    /// Whether it is the newest.
    pub is_latest: bool,
}

/// Answer of a restore.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Restored {
    /// Live again, or live before.
    pub restored: Vec<String>,
    /// The others.
    pub not_restored: Vec<String>,
}

/// Answer of making folders.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct MadeFolders {
    /// There now.
    pub created: Vec<String>,
    /// Not made.
    pub failed: Vec<String>,
}

/// Start of an upload in parts.
#[derive(Clone, Debug, Serialize)]
pub struct CreateUpload<'a> {
    /// The key.
    pub name: &'a str,
    /// Bytes.
    pub content_length: u64,
    /// Whether every part will carry its SHA-256.
    pub with_sha256: bool,
}

/// An upload in parts that has begun.
#[derive(Clone, Debug, Deserialize)]
pub struct CreatedUpload {
    /// The store's name for the upload.
    pub upload_id: String,
}

/// Request of URLs for parts.
#[derive(Clone, Debug, Serialize)]
pub struct PartUrlsRequest<'a> {
    /// The key.
    pub name: &'a str,
    /// The upload.
    pub upload_id: &'a str,
    /// First part, from 1.
    pub parts_range_start: u64,
    /// Last part, included.
    pub parts_range_end: u64,
    /// Base64 MD5 of each.
    pub md5_checksums: Option<Vec<String>>,
    /// Base64 SHA-256 of each.
    pub sha256_checksums: Option<Vec<String>>,
}

/// URL of one part.
#[derive(Clone, Debug, Deserialize)]
pub struct PartUrl {
    /// From 1.
    pub part_number: u64,
    /// PUT to it.
    pub pre_signed_url: String,
    /// Headers to send.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

/// A part that the store has.
#[derive(Clone, Debug, Serialize)]
pub struct SentPart {
    /// From 1.
    pub part_number: u64,
    /// Its ETag without quotes.
    pub etag: String,
    /// Its SHA-256 in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// End of an upload in parts.
#[derive(Clone, Debug, Serialize)]
pub struct CompleteUpload<'a> {
    /// The key.
    pub name: &'a str,
    /// The upload.
    pub upload_id: &'a str,
    /// All parts, ascending.
    pub parts: Vec<SentPart>,
}

/// An upload to give up.
#[derive(Clone, Debug, Serialize)]
pub struct AbortUpload<'a> {
    /// The key.
    pub name: &'a str,
    /// The upload.
    pub upload_id: &'a str,
}

/// A named state of a project's files.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ProjectVersion {
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Whether it is soft-deleted.
    #[serde(default)]
    pub is_deleted: bool,
}

/// A named state with its files.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ProjectVersionDetails {
    /// Name, description and so on.
    #[serde(flatten)]
    pub version: ProjectVersion,
    /// File versions by key.
    pub files: BTreeMap<String, VersionedFile>,
}

/// A file of a named state.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct VersionedFile {
    /// The store's name for the version.
    pub version_id: String,
    /// ETag without quotes.
    pub etag: String,
    /// Bytes.
    pub size: u64,
}

/// Answer of deleting a named state.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeletedVersion {
    /// Its name.
    pub name: String,
    /// Whether it was deleted before.
    pub already_deleted: bool,
    /// When.
    pub date_deleted: DateTime<Utc>,
}
