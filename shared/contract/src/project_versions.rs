//! `/project-versions`: named, immutable snapshots of a project's files.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::field::{ProjectVersionName, VersionDescription};

/// Body of `PATCH …/add`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AddVersion {
    /// 1 to 100 characters, unique in the project.
    pub name: ProjectVersionName,
    /// At most 500 characters.
    #[serde(default)]
    pub description: VersionDescription,
}

/// Answer of `…/add` and `…/update`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProjectVersion {
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When its name, its description or its being deleted last changed.
    pub updated_at: DateTime<Utc>,
}

/// One item of `GET …/list`, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ListedVersion {
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When its name, its description or its being deleted last changed.
    pub updated_at: DateTime<Utc>,
    /// Whether it is soft-deleted.
    pub is_deleted: bool,
}

/// Answer of `GET …/version_details`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VersionDetails {
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When its name, its description or its being deleted last changed.
    pub updated_at: DateTime<Utc>,
    /// Whether it is soft-deleted.
    pub is_deleted: bool,
    /// Files by key.
    pub files: BTreeMap<String, VersionedFile>,
}

/// A file as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VersionedFile {
    /// The version.
    pub version_id: String,
    /// Its ETag without quotes.
    pub etag: String,
    /// Bytes.
    pub size: u64,
}

/// Body of `PATCH …/update`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct UpdateVersion {
    /// Which.
    pub version_name: ProjectVersionName,
    /// Its new name.
    #[serde(default)]
    pub new_name: Option<ProjectVersionName>,
    /// Its new description.
    #[serde(default)]
    pub new_description: Option<VersionDescription>,
}

/// Body of `DELETE …/delete`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DeleteVersion {
    /// Which.
    pub version_name: ProjectVersionName,
}

/// Answer of `DELETE …/delete`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeletedVersion {
    /// Which.
    pub name: String,
    /// Whether it was deleted before.
    pub already_deleted: bool,
    /// When it was deleted.
    pub date_deleted: DateTime<Utc>,
}
