//! Make a project and, on a development machine, its bucket.

use axum::Json;
use divbase_contract::{
    ErrorType,
    admin::{CreateProject, Project},
};
use divbase_db::NewProject;
use divbase_storage::StorageError;
use http::StatusCode;

use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, JsonBody},
};

/// Makes a project. Its bucket is made with versioning turned on, if it does not exist.
#[utoipa::path(post, path = "/admin/projects", tag = "admin", request_body = CreateProject,
    responses((status = 201, body = Project), crate::Refuses<400, 422>))]
pub(super) async fn handler(
    state: AppState,
    Admin { by, .. }: Admin,
    JsonBody(new): JsonBody<CreateProject>,
) -> Result<(StatusCode, Json<Project>), ApiError> {
    let pending = state
        .db
        .begin_project(
            NewProject {
                name: &new.name,
                description: new.description.as_deref(),
                bucket_name: &new.bucket_name,
                storage_quota_bytes: new.storage_quota_bytes.get(),
            },
            &by,
        )
        .await
        .map_err(|error| {
            let taken = |what: &str| {
                ApiError::new(
                    ErrorType::ProjectCreation,
                    format!("The {what} is already taken."),
                )
            };
            if error.violates("project_name_key") {
                taken("project name (`name`)")
            } else if error.violates("project_bucket_name_key") {
                taken("bucket name (`bucket_name`)")
            } else {
                error.into()
            }
        })?;
    // The row is not there for anybody before the bucket is: what fails on the way leaves no project behind.
    state
        .store
        .ensure_bucket(&new.bucket_name)
        .await
        .map_err(|error| match error {
            StorageError::Refused { code, message } => ApiError::new(
                ErrorType::ProjectCreation,
                format!(
                    "The store refuses the bucket '{}' (`bucket_name`): {message} ({code}).",
                    new.bucket_name
                ),
            ),
            other => other.into(),
        })?;
    let made = pending.commit().await?;
    let project = Project {
        id: made.id,
        name: made.name,
        description: made.description,
        bucket_name: made.bucket_name,
        is_active: made.is_active,
        storage_quota_bytes: made.storage_quota_bytes,
        storage_used_bytes: made.storage_used_bytes,
    };
    Ok((StatusCode::CREATED, Json(project)))
}
