//! List snapshots.

use axum::Json;
use divbase_contract::project_versions::ListedVersion;
use serde::Deserialize;

use crate::{
    AppState,
    error::ApiError,
    extract::{Query, Reading, Whole},
};

/// Which ones.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct DeletedToo {
    pub(crate) include_deleted: bool,
}

/// Snapshots, newest first.
#[utoipa::path(get, path = "/project-versions/list", tag = "project-versions",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Query), ("include_deleted" = Option<bool>, Query)),
    responses((status = 200, body = [ListedVersion])))]
pub(crate) async fn handler(
    state: AppState,
    Query(query): Query<DeletedToo>,
    call: Reading<Whole>,
) -> Result<Json<Vec<ListedVersion>>, ApiError> {
    let rows = state.db.project_versions(call.project.project_id).await?;
    Ok(Json(
        rows.into_iter()
            .filter(|row| query.include_deleted || row.deleted_at.is_none())
            .map(|row| ListedVersion {
                name: row.name,
                description: row.description,
                created_at: row.created_at,
                updated_at: row.updated_at,
                is_deleted: row.deleted_at.is_some(),
                frozen_at: row.frozen_at,
            })
            .collect(),
    ))
}
