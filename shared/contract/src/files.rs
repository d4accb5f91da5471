//! `/s3`: listing, checksums and pre-signed transfer URLs. Every route takes `project_name` in the query string.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    field::{ContentMd5, ContentSha256, ContinuationToken, Items, ObjectKey, VersionId, Whole},
    limits::{BATCH_MAX, STORE_PUT_MAX_BYTES},
    names::{ListPrefix, UploadName},
    words::words,
};

/// Body of `POST /s3/list`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct ListRequest {
    /// Only keys that begin so.
    pub prefix: Option<ListPrefix>,
    /// `/` for one level, absent for everything below.
    pub delimiter: Option<Delimiter>,
    /// Where the last page ended.
    pub next_token: Option<ContinuationToken>,
}

/// The one delimiter that listings know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Delimiter {
    /// `/`.
    #[serde(rename = "/")]
    Slash,
}

/// One page of a listing: at most 1000 files and folders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ListResponse {
    /// Files, by key.
    pub files: Vec<FileEntry>,
    /// Common prefixes that end in `/`; empty without a delimiter.
    pub folders: Vec<String>,
    /// Token of the next page, if there is one.
    pub next_token: Option<String>,
}

/// One object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FileEntry {
    /// The key.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// When this version was written.
    pub last_modified: DateTime<Utc>,
    /// MD5 in hex, or the composite of a multipart upload; no quotes.
    pub etag: String,
}

/// One item of `POST /s3/download`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DownloadRequest {
    /// The key.
    pub name: ObjectKey,
    /// A version, or the newest; of a task's result the one that the task registered.
    pub version_id: Option<VersionId>,
    /// Whether to tell the checksum that the store keeps (ours).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub with_checksum: bool,
}

/// One item of the answer of `POST /s3/download`, in the order of the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DownloadUrl {
    /// The key, as asked.
    pub name: String,
    /// GET it within ten hours.
    pub pre_signed_url: String,
    /// The version, as asked; of a task's result the one that the task registered.
    pub version_id: Option<String>,
    /// SHA-256 that the task registered for its result, in hex (ours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// The checksum that the store keeps, where it was asked for and there is one (ours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checksum: Option<StoredChecksum>,
}

/// A checksum that the store has computed or compared itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StoredChecksum {
    /// How it is computed.
    pub algorithm: ChecksumAlgorithm,
    /// Base64, big-endian.
    pub value: String,
    /// Where it is the checksum of the checksums of so many parts; absent where it is that of the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<u32>,
}

/// Checksums that stores keep and our client can compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum ChecksumAlgorithm {
    /// CRC-32 of ISO 3309.
    Crc32,
    /// CRC-32 of Castagnoli.
    Crc32c,
    /// CRC-64 of the NVM Express command set.
    Crc64nvme,
    /// SHA-256.
    Sha256,
}

words! {
    ChecksumAlgorithm {
        Crc32 = "CRC32", Crc32c = "CRC32C", Crc64nvme = "CRC64NVME", Sha256 = "SHA256"
    }
}

/// One item of the answer of `POST /s3/checksums`; files that do not exist are left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Checksum {
    /// The key.
    pub object_name: String,
    /// ETag without quotes: MD5 in hex, or composite.
    pub md5_checksum: String,
}

/// One item of `POST /s3/upload/single-part`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UploadRequest {
    /// The key to write.
    pub name: UploadName,
    /// Bytes.
    #[schema(inline)]
    pub content_length: PutLength,
    /// MD5 of the content in base64; the store then refuses anything else.
    pub md5_hash: Option<ContentMd5>,
    /// SHA-256 of the content in base64; the store then compares and keeps it (ours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<ContentSha256>,
}

/// Bytes of an object that is sent in one PUT.
pub type PutLength = Whole<0, STORE_PUT_MAX_BYTES>;

/// One item of the answer of `POST /s3/upload/single-part`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UploadUrl {
    /// The key, as asked.
    pub name: String,
    /// PUT to it within an hour.
    pub pre_signed_url: String,
    /// Headers to send, exactly these.
    pub put_headers: BTreeMap<String, String>,
}

/// Formats of indexes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum IndexFormat {
    /// CSI, which every indexed file has.
    #[default]
    Csi,
    /// TBI, which holds positions up to 512 Mbp of VCF.
    Tbi,
}

impl IndexFormat {
    /// As the name of an index ends.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Csi => ".csi",
            Self::Tbi => ".tbi",
        }
    }
}

/// Answer of `GET /s3/indexed-url`: a file and its index by address, a pair that fits together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IndexedUrl {
    /// The key.
    pub name: String,
    /// The version that both are of.
    pub version_id: String,
    /// GET the file within ten hours, ranges too.
    pub pre_signed_url: String,
    /// GET the index of this version within ten hours, below the base URL of the API.
    pub index_path: String,
}

/// A bare JSON array of 1 to 100 items.
pub type Batch<T> = Items<T, 1, BATCH_MAX>;
/// Body of the routes that take keys.
pub type ObjectKeys = Batch<ObjectKey>;
/// Body of `POST /s3/download`.
pub type DownloadRequests = Batch<DownloadRequest>;
/// Body of `POST /s3/upload/single-part`.
pub type UploadRequests = Batch<UploadRequest>;
