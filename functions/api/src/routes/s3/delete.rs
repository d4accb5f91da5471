//! Soft-delete files.

use axum::{Json, extract::State};
use divbase_contract::{ErrorBody, files::Batch};

use crate::{
    AppState,
    error::ApiError,
    extract::{EditRole, JsonBody, Project},
};

/// Puts a delete marker on each file; the data stays and can be restored. A file that is not there, or is deleted
/// already, counts as deleted and gets no marker.
#[utoipa::path(delete, path = "/s3/", tag = "s3", params(("project_name" = String, Query)),
    request_body = Vec<String>,
    responses((status = 200, body = [String]), (status = 403, body = ErrorBody)))]
pub(super) async fn handler(
    State(state): State<AppState>,
    call: Project<EditRole, JsonBody<Batch<String>>>,
) -> Result<Json<Vec<String>>, ApiError> {
    let names = call.body.0.into_items();
    let bucket = &call.project.bucket_name;
    for name in &names {
        if state.store.head(bucket, name).await?.is_some() {
            state.store.delete(bucket, name).await?;
        }
    }
    Ok(Json(names))
}
