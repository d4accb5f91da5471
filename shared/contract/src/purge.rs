//! `POST /s3/purge`: versions of files that are destroyed before their time.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    field::{ObjectKey, VersionId},
    files::Batch,
};

/// A version of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct PurgeRequest {
    /// The key.
    pub name: ObjectKey,
    /// The version.
    pub version_id: VersionId,
}

/// Body of the route: 1 to 100 versions.
pub type PurgeRequests = Batch<PurgeRequest>;

/// What became of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Purged {
    /// Gone for good.
    pub purged: Vec<PurgedVersion>,
    /// The others.
    pub kept: Vec<KeptVersion>,
}

/// A version that is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PurgedVersion {
    /// The key.
    pub name: String,
    /// The version.
    pub version_id: String,
    /// Bytes that it had.
    pub size: u64,
}

/// A version that was left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeptVersion {
    /// The key.
    pub name: String,
    /// The version.
    pub version_id: String,
    /// Why.
    pub reason: String,
}
