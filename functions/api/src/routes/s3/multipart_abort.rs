//! Give an upload up.

use axum::Json;
use divbase_contract::multipart::AbortUpload;

use crate::{
    AppState,
    error::ApiError,
    extract::{JsonBody, Project, QueryRole},
};

/// Throws away the parts. An upload that does not exist is no error.
#[utoipa::path(delete, path = "/s3/upload/multi-part/abort", tag = "s3",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Query)), request_body = AbortUpload,
    responses((status = 200, body = AbortUpload), crate::Refuses<400, 422>))]
pub(crate) async fn handler(
    state: AppState,
    call: Project<QueryRole, JsonBody<AbortUpload>>,
) -> Result<Json<AbortUpload>, ApiError> {
    let JsonBody(upload) = call.body;
    let (key, upload_id) = (upload.name.writable()?, &upload.upload_id);
    let bucket = &call.project.bucket_name;
    state.store.abort_upload(bucket, key, upload_id).await?;
    let project_id = call.project.project_id;
    state
        .db
        .take_promise_back(project_id, key, upload_id)
        .await?;
    Ok(Json(upload))
}
