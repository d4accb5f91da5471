//! `/s3/copy` and `/s3/move`: files under other names, made by the store itself.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    field::{ObjectKey, VersionId},
    names::UploadName,
};

/// Body of `POST /s3/copy`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CopyRequest {
    /// The file.
    pub from: ObjectKey,
    /// A version of it, or the newest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_id: Option<VersionId>,
    /// The name of the copy.
    pub to: UploadName,
    /// Whether it may become the newest version of a file that is there.
    #[serde(default)]
    pub overwrite: bool,
}

/// Body of `POST /s3/move`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MoveRequest {
    /// The file.
    pub from: ObjectKey,
    /// Its name from now on.
    pub to: UploadName,
    /// Whether it may become the newest version of a file that is there.
    #[serde(default)]
    pub overwrite: bool,
}

/// Answer of both. A large file takes several requests: as long as it is not `done`, the same request goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CopyProgress {
    /// The file, as asked.
    pub from: String,
    /// The new name, as asked.
    pub to: String,
    /// Whether it is done.
    pub done: bool,
    /// Bytes of the file.
    pub size: u64,
    /// Bytes that have been copied.
    pub bytes_copied: u64,
    /// The version that was made, once it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_id: Option<String>,
}
