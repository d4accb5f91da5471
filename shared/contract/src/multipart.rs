//! `/s3/upload/multi-part`: uploads in parts of 32 MiB, the last one shorter.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    field::{ContentMd5, ContentSha256, Items, PartEtag, ResumeToken, UploadId, Whole},
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
    /// The client's own name for the upload. As long as the upload is open, a second request with it, by the same person with
    /// the same name and length, is answered with the upload that the first began (ours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume_token: Option<ResumeToken>,
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
    /// Whether an earlier request began it: parts may have come (ours).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub resumed: bool,
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

/// Body of `…/parts`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PartsRequest {
    /// The key.
    pub name: UploadName,
    /// The upload.
    pub upload_id: UploadId,
}

/// Answer of `…/parts`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StoredParts {
    /// By number.
    pub parts: Vec<StoredPart>,
}

/// A part that the store has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StoredPart {
    /// From 1.
    pub part_number: u32,
    /// Bytes.
    pub size: u64,
    /// Its ETag without quotes: its MD5 in hex, unless the store encrypts with keys of its own.
    pub etag: String,
    /// Its SHA-256 in base64, if it was sent with that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// Answer of `GET …/multi-part`: uploads that were neither completed nor given up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpenUploads {
    /// By key, and then by when they were begun; at most 100.
    pub uploads: Vec<OpenUpload>,
    /// Whether there are more.
    pub more: bool,
}

/// An upload that was neither completed nor given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpenUpload {
    /// The key that it writes.
    pub name: String,
    /// The store's name for it.
    pub upload_id: String,
    /// When it was begun.
    pub begun_at: DateTime<Utc>,
    /// E-mail address of who began it, if that is known.
    pub begun_by: Option<String>,
    /// Bytes that were declared, if that is known.
    pub content_length: Option<u64>,
    /// Bytes of the parts that have come.
    pub bytes_sent: u64,
}
