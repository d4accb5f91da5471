//! `/s3/upload/multi-part`: uploads in parts of 32 MiB, the last one shorter.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    field::{ContentMd5, ContentSha256, Items, PartEtag, UploadId, Whole},
    limits::{BATCH_MAX, MAX_PARTS},
    names::UploadName,
};

/// Body of `…/create`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CreateUpload {
    /// The key to write.
    pub name: UploadName,
    /// Bytes.
    #[schema(maximum = 335_544_320_000_u64)]
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

/// Number of a part.
pub type PartNumber = Whole<1, { MAX_PARTS as i64 }>;

/// One for each part.
pub type PartChecksums = Items<ContentMd5, 0, BATCH_MAX>;
/// One for each part.
pub type PartSha256s = Items<ContentSha256, 0, BATCH_MAX>;

/// Body of `…/part-urls`. Both ends of the range are included, from 1.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PartUrlsRequest {
    /// The key.
    pub name: UploadName,
    /// The upload.
    pub upload_id: UploadId,
    /// First part.
    #[schema(inline)]
    pub parts_range_start: PartNumber,
    /// Last part.
    #[schema(inline)]
    pub parts_range_end: PartNumber,
    /// Base64 MD5 of each part; the store then refuses anything else.
    #[serde(default)]
    #[schema(inline)]
    pub md5_checksums: Option<PartChecksums>,
    /// Base64 SHA-256 of each part, for an upload that was begun so (ours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub sha256_checksums: Option<PartSha256s>,
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
    #[schema(inline)]
    pub part_number: PartNumber,
    /// Its ETag, with or without quotes.
    pub etag: PartEtag,
    /// Its SHA-256 in base64, for an upload that was begun so (ours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<ContentSha256>,
}

/// All parts of an upload, in any order.
pub type SentParts = Items<SentPart, 1, { MAX_PARTS as usize }>;

/// Body of `…/complete`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CompleteUpload {
    /// The key.
    pub name: UploadName,
    /// The upload.
    pub upload_id: UploadId,
    /// All parts, in any order.
    #[schema(inline)]
    pub parts: SentParts,
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
    pub name: UploadName,
    /// The upload.
    pub upload_id: UploadId,
}
