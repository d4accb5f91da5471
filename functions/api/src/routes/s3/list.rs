//! List files and folders.

use axum::{Json, extract::State};
use divbase_contract::{
    ErrorBody,
    files::{FileEntry, ListRequest, ListResponse},
};

use crate::{
    AppState,
    error::ApiError,
    extract::{JsonBody, Project, ReadRole},
};

/// One page of at most 1000 files and folders. With the delimiter `/` one level, without it all below the prefix.
#[utoipa::path(post, path = "/s3/list", tag = "s3", params(("project_name" = inline(divbase_contract::field::ProjectName), Query)),
    request_body = ListRequest,
    responses((status = 200, body = ListResponse), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn handler(
    State(state): State<AppState>,
    call: Project<ReadRole, JsonBody<ListRequest>>,
) -> Result<Json<ListResponse>, ApiError> {
    let JsonBody(request) = call.body;
    let prefix = request.prefix.unwrap_or_default();
    let page = state
        .store
        .list(
            &call.project.bucket_name,
            prefix.as_str(),
            request.delimiter.map(|_| "/"),
            request.next_token.as_deref(),
        )
        .await?;
    Ok(Json(ListResponse {
        files: page
            .objects
            .into_iter()
            .map(|object| FileEntry {
                name: object.key,
                size: object.size,
                last_modified: object.last_modified,
                etag: object.etag,
            })
            .collect(),
        folders: page.folders,
        next_token: page.next_token,
    }))
}
