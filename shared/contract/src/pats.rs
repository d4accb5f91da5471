//! `/auth/pats`: personal access tokens.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Role,
    field::{ProjectName, TokenDescription, TokenName},
};

/// How every personal access token begins.
pub const PAT_PREFIX: &str = "divbase_pat_";
/// Most tokens of one account that are neither revoked nor expired.
pub const MAX_PATS: i64 = 5;
/// Longest life of a token, days.
pub const MAX_PAT_DAYS: u16 = 365;
/// Life of a token unless another is asked for, days.
pub const DEFAULT_PAT_DAYS: u16 = 90;
/// Most projects that one token may name.
pub const MAX_PAT_PROJECTS: usize = 100;

const fn default_days() -> u16 {
    DEFAULT_PAT_DAYS
}

/// Body of `POST /auth/pats`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NewPat {
    /// 1 to 100 characters; unique among the account's tokens.
    pub name: TokenName,
    /// At most 500 characters.
    pub description: Option<TokenDescription>,
    /// Life in days, 1 to 365.
    #[serde(default = "default_days")]
    #[schema(minimum = 1, maximum = 365)]
    pub expires_in_days: u16,
    /// Whether it opens all projects, those of the future included, with the account's roles.
    #[serde(default)]
    pub all_projects: bool,
    /// The projects that it opens, each with the highest role; none if `all_projects`.
    #[serde(default)]
    pub projects: BTreeMap<ProjectName, Role>,
    /// Whether it opens the account's task history outside projects.
    #[serde(default)]
    pub task_history: bool,
    /// Whether it may do what administrators may; for their tokens.
    #[serde(default)]
    pub admin: bool,
}

/// A token as its owner sees it, without the token itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Pat {
    /// Its number.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it opens all projects.
    pub all_projects: bool,
    /// The projects that it opens, each with the highest role.
    pub projects: BTreeMap<String, Role>,
    /// Whether it opens the account's task history.
    pub task_history: bool,
    /// Whether it may do what administrators may.
    pub admin: bool,
    /// When it ends; absent for one that an older release made without an end.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was last used, exact to an hour.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// A new token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IssuedPat {
    /// What is known of it.
    #[serde(flatten)]
    pub pat: Pat,
    /// The token, which is shown this once.
    pub token: String,
}
