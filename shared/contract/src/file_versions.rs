//! `/s3`: versions, soft deletion and folders.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::names::{FolderName, ListPrefix};

/// Body of `POST /s3/list/soft-deleted`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct DeletedRequest {
    /// Only keys that begin so.
    pub prefix: Option<ListPrefix>,
}

/// A soft-deleted file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeletedFile {
    /// The key.
    pub name: String,
    /// When it was deleted.
    pub last_modified: DateTime<Utc>,
}

/// Answer of `GET /s3/info`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FileInfo {
    /// The key.
    pub object_name: String,
    /// Whether the newest version is a delete marker.
    pub is_currently_deleted: bool,
    /// Versions with data, newest first.
    pub versions: Vec<FileVersion>,
}

/// One version of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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

/// Answer of `POST /s3/restore`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Restored {
    /// Live again, or live before.
    pub restored: Vec<String>,
    /// The others.
    pub not_restored: Vec<String>,
}

/// 1 to 100 folders.
pub type FolderNames = super::files::Batch<FolderName>;

/// Body of `POST /s3/mkdir`: 1 to 100 folders.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct MakeFolders {
    /// The folders; a missing trailing `/` is added.
    #[schema(inline)]
    pub directories: FolderNames,
}

/// Answer of `POST /s3/mkdir`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MadeFolders {
    /// There now.
    pub created: Vec<String>,
    /// Not made.
    pub failed: Vec<String>,
}
