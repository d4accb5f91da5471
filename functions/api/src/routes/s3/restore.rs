//! Restore soft-deleted files.

use axum::{Json, extract::State};
use divbase_contract::{ErrorBody, file_versions::Restored, files::Batch};

use divbase_storage::CopySource;

use crate::{
    AppState,
    error::ApiError,
    extract::{EditRole, JsonBody, Project},
};

/// Makes the newest version with data current again, as a copy. A live file counts as restored.
#[utoipa::path(post, path = "/s3/restore", tag = "s3", params(("project_name" = String, Query)),
    request_body = Vec<String>,
    responses((status = 200, body = Restored), (status = 403, body = ErrorBody)))]
pub(super) async fn handler(
    State(state): State<AppState>,
    call: Project<EditRole, JsonBody<Batch<String>>>,
) -> Result<Json<Restored>, ApiError> {
    let bucket = &call.project.bucket_name;
    let mut answer = Restored::default();
    for name in call.body.0.into_items() {
        let versions = state.store.versions(bucket, &name).await?;
        let restored = match versions.first() {
            None => false,
            Some(newest) if newest.is_latest => true,
            Some(newest) => {
                let from = CopySource {
                    key: &name,
                    version_id: &newest.version_id,
                    size: newest.size,
                };
                match state.store.copy(bucket, from, &name).await {
                    Ok(_) => true,
                    Err(error) => {
                        tracing::warn!(%error, "a file could not be restored");
                        false
                    }
                }
            }
        };
        if restored {
            answer.restored.push(name);
        } else {
            answer.not_restored.push(name);
        }
    }
    Ok(Json(answer))
}
