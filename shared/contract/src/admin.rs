//! `/admin`: routes that exist on development machines only.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Role,
    field::{
        BucketName, EmailAddress, Organisation, OrganisationRole, Password, PersonName,
        ProjectDescription, ProjectName, Whole,
    },
};

/// Body of `POST /admin/users/`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct CreateUser {
    /// 3 to 100 characters.
    pub name: PersonName,
    /// At most 50 characters; stored in lower case.
    pub email: EmailAddress,
    /// 3 to 200 characters.
    pub organisation: Organisation,
    /// 3 to 100 characters.
    pub organisation_role: OrganisationRole,
    /// 10 to 100 characters.
    pub password: Password,
    /// The same again.
    pub confirm_password: Password,
}

/// Query of `POST /admin/users/`.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct CreateUserFlags {
    /// Make a site administrator.
    pub is_admin: bool,
    /// Skip the e-mail verification.
    pub email_verified: bool,
}

/// Body of `POST /admin/projects`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CreateProject {
    /// 3 to 100 characters, no spaces.
    pub name: ProjectName,
    /// At most 1000 characters.
    pub description: Option<ProjectDescription>,
    /// 3 to 63 lower-case letters, digits, hyphens and dots, as the store has it.
    pub bucket_name: BucketName,
    /// Quota in bytes.
    #[schema(inline)]
    pub storage_quota_bytes: Quota,
}

/// Bytes that a project may store.
pub type Quota = Whole<0, { i64::MAX }>;

/// Answer of `POST /admin/projects`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Project {
    /// Project number.
    pub id: i64,
    /// Unique name.
    pub name: String,
    /// Free text.
    pub description: Option<String>,
    /// The project's bucket.
    pub bucket_name: String,
    /// Inactive projects are closed to members.
    pub is_active: bool,
    /// Quota in bytes.
    pub storage_quota_bytes: i64,
    /// Bytes in use at the last count.
    pub storage_used_bytes: i64,
}

/// Answer of `POST /admin/projects/{project_id}/members/{user_email}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Membership {
    /// Membership number.
    pub id: i64,
    /// The member.
    pub user_id: i64,
    /// The project.
    pub project_id: i64,
    /// What the member may do.
    pub role: Role,
}
