//! `/projects`: projects, their members and who is invited.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Role,
    field::{EmailAddress, ProjectDescription, ProjectName, Whole},
};

/// Largest quota, bytes (1 PiB).
pub const MAX_QUOTA_BYTES: i64 = 1 << 50;

/// Body of `POST /projects`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NewProject {
    /// 3 to 100 letters, digits, `.`, `_` and `-`; unique.
    pub name: ProjectName,
    /// At most 1000 characters.
    pub description: Option<ProjectDescription>,
    /// Quota in bytes; 100 GB if it is left out.
    #[schema(minimum = 0, maximum = 1_125_899_906_842_624_i64)]
    pub storage_quota_bytes: Option<i64>,
    /// The account that becomes its first manager; the caller if it is left out.
    pub manager_email: Option<EmailAddress>,
}

/// Body of `PATCH /projects/{project_name}`. A field that is left out stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ProjectChange {
    /// At most 1000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<ProjectDescription>,
    /// Quota in bytes.
    #[schema(minimum = 0, maximum = 1_125_899_906_842_624_i64)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_quota_bytes: Option<i64>,
    /// Whether it is open. A closed project lets nobody in, and its tasks are not run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_active: Option<bool>,
    /// Most versions of the project, deleted ones that can be restored included.
    #[schema(inline)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub versions_limit: Option<ProjectLimit>,
    /// Most folders, deleted ones that can be restored included.
    #[schema(inline)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folders_limit: Option<ProjectLimit>,
    /// Most tasks that may wait, whoever submitted them.
    #[schema(inline)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_limit: Option<ProjectLimit>,
}

/// How many of something a project may have.
pub type ProjectLimit = Whole<0, 1_000_000>;

/// How much a project may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProjectLimits {
    /// Most versions of the project.
    pub versions: i64,
    /// Most folders.
    pub folders: i64,
    /// Most tasks that may wait; absent where the service's own limit holds.
    pub waiting: Option<i64>,
}

/// Body of `POST /projects/{project_name}/delete`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DeleteProject {
    /// The project's name once more: nobody deletes another one by mistake.
    pub confirm: ProjectName,
}

/// A project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProjectInfo {
    /// Project number.
    pub id: i64,
    /// Unique name.
    pub name: String,
    /// Free text.
    pub description: Option<String>,
    /// Whether it is open.
    pub is_active: bool,
    /// Quota in bytes.
    pub storage_quota_bytes: i64,
    /// Bytes in use at the last count.
    pub storage_used_bytes: i64,
    /// How many members it has.
    pub members: i64,
    /// The caller's role; absent for an administrator who is no member.
    pub role: Option<Role>,
    /// The project's bucket; for administrators.
    pub bucket_name: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// How much it may have.
    pub limits: Option<ProjectLimits>,
    /// When it will be destroyed with all its files, if it is to be.
    pub deleted_after: Option<DateTime<Utc>>,
}

/// Answer of `GET /projects`: a page, by number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProjectPage {
    /// At most as many as were asked for.
    pub projects: Vec<ProjectInfo>,
    /// `after` of the next page; absent on the last one.
    pub next: Option<i64>,
}

/// A member of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Member {
    /// Account number.
    pub user_id: i64,
    /// Full name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// What the member may do.
    pub role: Role,
    /// Whether the account may be used.
    pub is_active: bool,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// Body of `POST /projects/{project_name}/members` and `…/invitations`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NewMember {
    /// Whom to add or invite.
    pub email: EmailAddress,
    /// What they may do.
    pub role: Role,
}

/// Body of `POST /projects/{project_name}/transfer`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Transfer {
    /// The member who becomes a manager.
    pub email: EmailAddress,
    /// What the caller may do from then on.
    pub keep: Role,
}

/// Body of `PATCH /projects/{project_name}/members/{user_id}`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct RoleChange {
    /// What the member may do from now on.
    pub role: Role,
}
