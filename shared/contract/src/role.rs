//! Project roles, ordered: each role may do everything that a lower one may.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::words::words;

/// What a member may do in a project: `read` < `query` < `edit` < `manage`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// List, inspect and download.
    Read,
    /// Also upload, update dimensions and run queries.
    Query,
    /// Also delete and restore.
    Edit,
    /// Also see and cancel everybody's tasks in the project.
    Manage,
}

words! { Role { Read = "read", Query = "query", Edit = "edit", Manage = "manage" } }

/// A text that names no role.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a role; use read, query, edit or manage")]
pub struct UnknownRole(pub String);

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Self::of(&s.to_ascii_lowercase()).ok_or_else(|| UnknownRole(s.to_owned()))
    }
}
