//! Make folders.

use axum::{Json, extract::State};
use divbase_contract::{
    ErrorBody,
    file_versions::{MadeFolders, MakeFolders},
};

use crate::{
    AppState,
    error::ApiError,
    extract::{JsonBody, Project, QueryRole},
};

/// Writes an empty object for each folder, unless it is there.
#[utoipa::path(post, path = "/s3/mkdir", tag = "s3", params(("project_name" = String, Query)),
    request_body = MakeFolders,
    responses((status = 200, body = MadeFolders), (status = 422, body = ErrorBody)))]
pub(super) async fn handler(
    State(state): State<AppState>,
    call: Project<QueryRole, JsonBody<MakeFolders>>,
) -> Result<Json<MadeFolders>, ApiError> {
    let bucket = &call.project.bucket_name;
    let mut answer = MadeFolders::default();
    for folder in call.body.0.directories.into_items() {
        let made = match state.store.head(bucket, folder.as_str()).await {
            Ok(Some(_)) => Ok(()),
            Ok(None) => state
                .store
                .put(bucket, folder.as_str(), Vec::new())
                .await
                .map(drop),
            Err(error) => Err(error),
        };
        match made {
            Ok(()) => answer.created.push(folder.into()),
            Err(error) => {
                tracing::warn!(%error, "a folder could not be made");
                answer.failed.push(folder.into());
            }
        }
    }
    Ok(Json(answer))
}
