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

/// Answer of `…/add`, `…/update`, `…/undelete` and `…/freeze`.
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
    /// When it was frozen, if it was: since then nobody can change or delete it (ours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen_at: Option<DateTime<Utc>>,
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
    /// When it was frozen, if it was: since then nobody can change or delete it (ours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen_at: Option<DateTime<Utc>>,
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
    /// When it was frozen, if it was: since then nobody can change or delete it (ours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen_at: Option<DateTime<Utc>>,
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

/// Answer of `GET …/diff`: how files differ between two states of a project, by key. A file is the same if its version is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VersionDiff {
    /// The state that is compared.
    pub from: String,
    /// What it is compared with; absent for the state of now.
    pub to: Option<String>,
    /// Files that the second state alone has.
    pub added: Vec<ChangedFile>,
    /// Files that the first state alone has.
    pub removed: Vec<ChangedFile>,
    /// Files that both have, in different versions.
    pub changed: Vec<ChangedFile>,
    /// How many files are the same in both.
    pub unchanged: usize,
}

/// A file that differs between two states.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangedFile {
    /// The key.
    pub name: String,
    /// As the first state has it.
    pub before: Option<VersionedFile>,
    /// As the second state has it.
    pub after: Option<VersionedFile>,
    /// Whether both have the same content, told by ETag and size; what was restored or uploaded again has.
    pub same_content: bool,
}

/// Body of `PATCH …/update`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct UpdateVersion {
    /// Which.
    pub version_name: ProjectVersionName,
    /// Its new name.
    pub new_name: Option<ProjectVersionName>,
    /// Its new description.
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

/// Body of `PATCH …/undelete` and `PATCH …/freeze`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NamedVersion {
    /// Which.
    pub version_name: ProjectVersionName,
}
