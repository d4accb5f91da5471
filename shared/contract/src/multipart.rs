//! `/s3/upload/multi-part`: uploads in parts of 32 MiB, the last one shorter.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::names::UploadName;

/// Body of `…/create`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CreateUpload {
    /// The key to write.
    #[schema(value_type = String)]
    pub name: UploadName,
    /// Bytes.
    pub content_length: u64,
    /// Whether every part will carry its SHA-256, which the store then compares and keeps (ours).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub with_sha256: bool,
}

/// Answer of `…/create`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CreatedUpload {
    /// The key.
    pub name: String,
    /// The store's name for the upload.
    pub upload_id: String,
    /// 1 to 10,000.
    pub number_of_parts: u64,
    /// Bytes of every part but the last.
    pub part_size: u64,
}

/// Body of `…/part-urls`. Both ends of the range are included, from 1.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PartUrlsRequest {
    /// The key.
    pub name: String,
    /// The upload.
    pub upload_id: String,
    /// First part.
    pub parts_range_start: u32,
    /// Last part.
    pub parts_range_end: u32,
    /// Base64 MD5 of each part; the store then refuses anything else.
    #[serde(default)]
    pub md5_checksums: Option<Vec<String>>,
    /// Base64 SHA-256 of each part, for an upload that was begun so (ours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256_checksums: Option<Vec<String>>,
}

/// URL of one part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PartUrl {
    /// From 1.
    pub part_number: u32,
    /// PUT to it within ten hours.
    pub pre_signed_url: String,
    /// Headers to send, exactly these.
    pub headers: BTreeMap<String, String>,
}

/// A part that the store has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SentPart {
    /// From 1.
    pub part_number: u32,
    /// Its ETag, with or without quotes.
    pub etag: String,
    /// Its SHA-256 in base64, for an upload that was begun so (ours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// Body of `…/complete`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CompleteUpload {
    /// The key.
    pub name: String,
    /// The upload.
    pub upload_id: String,
    /// All parts, in any order.
    pub parts: Vec<SentPart>,
}

/// Answer of `…/complete`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CompletedUpload {
    /// The key.
    pub name: String,
    /// The new version.
    pub version_id: String,
    /// The composite ETag as the store gives it.
    pub md5_hash: String,
}

/// Body and answer of `…/abort`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AbortUpload {
    /// The key.
    pub name: String,
    /// The upload.
    pub upload_id: String,
}
