//! `/project-versions`: named, immutable snapshots of a project's files.

mod add;
mod current;
mod delete;
mod details;
mod diff;
mod list;
mod update;

use divbase_contract::ErrorType;
use divbase_db::DbError;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{AppState, error::ApiError};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(add::handler))
        .routes(routes!(delete::handler))
        .routes(routes!(details::handler))
        .routes(routes!(diff::handler))
        .routes(routes!(list::handler))
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
    } else {
        error.into()
    }
}
