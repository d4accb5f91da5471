//! `/project-versions`: named, immutable snapshots of a project's files.

pub(crate) mod add;
mod current;
pub(crate) mod delete;
mod details;
pub(crate) mod diff;
pub(crate) mod freeze;
pub(crate) mod list;
pub(crate) mod undelete;
mod update;

use divbase_contract::{ErrorType, project_versions::ProjectVersion};
use divbase_db::DbError;

use crate::{
    described::{DescribedRouter, Describing, routes},
    error::ApiError,
};

pub(super) fn routes<D: Describing>() -> DescribedRouter<D> {
    DescribedRouter::new()
        .routes(routes!(add::handler))
        .routes(routes!(delete::handler))
        .routes(routes!(details::handler))
        .routes(routes!(diff::handler))
        .routes(routes!(freeze::handler))
        .routes(routes!(list::handler))
        .routes(routes!(undelete::handler))
        .routes(routes!(update::handler))
}

fn not_found(name: &str) -> ApiError {
    ApiError::new(
        ErrorType::ProjectVersionNotFound,
        format!("The project has no version named '{name}'. See 'divbase-cli version ls'."),
    )
}

/// What the constraints of the table mean to a user.
fn refusal(error: DbError, name: &str) -> ApiError {
    if error.violates("project_version_name_once") {
        ApiError::new(
            ErrorType::ProjectVersionAlreadyExists,
            format!("The project already has a version named '{name}', maybe a soft-deleted one."),
        )
    } else if error.violates("project_version_frozen") {
        ApiError::conflict(format!(
            "The project version '{name}' is frozen: nobody can change or delete it."
        ))
    } else {
        error.into()
    }
}

fn soft_deleted(name: &str) -> ApiError {
    ApiError::new(
        ErrorType::ProjectVersionSoftDeleted,
        format!("The project version '{name}' has been soft-deleted and cannot be changed."),
    )
}

fn shown(version: divbase_db::ProjectVersion) -> ProjectVersion {
    ProjectVersion {
        name: version.name,
        description: version.description,
        created_at: version.created_at,
        updated_at: version.updated_at,
        frozen_at: version.frozen_at,
    }
}
