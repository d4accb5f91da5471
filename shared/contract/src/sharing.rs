//! `/public-projects`, `/projects/{project_name}/visibility` and `…/share-links`: who reads a project without being a member.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::field::ObjectKey;

/// Most links of one project that have not ended.
pub const MAX_SHARE_LINKS: i64 = 100;
/// Longest life of a link, days.
pub const MAX_SHARE_DAYS: u16 = 365;
/// Life of a link unless another is asked for, days.
pub const DEFAULT_SHARE_DAYS: u16 = 30;

const fn default_days() -> u16 {
    DEFAULT_SHARE_DAYS
}

/// A project that everybody may read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PublicProject {
    /// Project number.
    pub id: i64,
    /// Unique name.
    pub name: String,
    /// Free text.
    pub description: Option<String>,
    /// VCF files that can be queried.
    pub vcf_files: i64,
    /// Records of these files together.
    pub records: i64,
    /// Bytes in use at the last count.
    pub storage_used_bytes: i64,
    /// When the project was last changed.
    pub updated_at: DateTime<Utc>,
}

/// Answer of `GET /public-projects`: a page, by number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PublicProjectPage {
    /// At most as many as were asked for.
    pub projects: Vec<PublicProject>,
    /// `after` of the next page; absent on the last one.
    pub next: Option<i64>,
}

/// Body of `PUT /projects/{project_name}/visibility`, and its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Visibility {
    /// Whether everybody may list and download the project's files, without an account.
    pub is_public: bool,
}

/// Body of `POST /projects/{project_name}/share-links`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewShareLink {
    /// The key of a file, or a folder with its last slash.
    pub path: ObjectKey,
    /// Life in days, 1 to 365.
    #[serde(default = "default_days")]
    #[schema(minimum = 1, maximum = 365)]
    pub expires_in_days: u16,
}

/// A link as managers see it, without its token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShareLink {
    /// Its number.
    pub id: i64,
    /// The key of a file, or a folder with its last slash.
    pub path: String,
    /// Address of who made it; absent if the account is gone.
    pub made_by: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// When it was last used, exact to an hour.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A new link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IssuedShareLink {
    /// Its number.
    pub id: i64,
    /// The key of a file, or a folder with its last slash.
    pub path: String,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// Path of the page that it opens, below the service's address; it holds the token and is shown this once.
    pub page: String,
    /// The token for the routes of files, as `Authorization: Bearer …`; shown this once.
    pub token: String,
}
