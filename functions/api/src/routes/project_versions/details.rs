//! One snapshot with its files.

use axum::Json;
use divbase_contract::{field::ProjectVersionName, project_versions::VersionDetails};
use serde::Deserialize;

use super::not_found;
use crate::{
    AppState,
    error::ApiError,
    extract::{Query, Reading, Whole},
};

/// Which one.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct VersionQuery {
    version_name: ProjectVersionName,
}

/// A snapshot, soft-deleted ones too.
#[utoipa::path(get, path = "/project-versions/version_details", tag = "project-versions",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Query), ("version_name" = inline(ProjectVersionName), Query)),
    responses((status = 200, body = VersionDetails), crate::Refuses<404>))]
pub(super) async fn handler(
    state: AppState,
    Query(query): Query<VersionQuery>,
    call: Reading<Whole>,
) -> Result<Json<VersionDetails>, ApiError> {
    let (version, files) = state
        .db
        .project_version(call.project.project_id, &query.version_name)
        .await?
        .ok_or_else(|| not_found(&query.version_name))?;
    Ok(Json(VersionDetails {
        name: version.name,
        description: version.description,
        created_at: version.created_at,
        updated_at: version.updated_at,
        is_deleted: version.deleted_at.is_some(),
        frozen_at: version.frozen_at,
        files: serde_json::from_value(files).map_err(ApiError::internal)?,
    }))
}
