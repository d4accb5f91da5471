//! List files and folders.

use axum::Json;
use divbase_contract::files::{FileEntry, ListRequest, ListResponse};

use crate::{
    AppState,
    error::ApiError,
    extract::{Files, JsonBody, Reading},
};

/// One page of at most 1000 files and folders. With the delimiter `/` one level, without it all below the prefix.
#[utoipa::path(post, path = "/s3/list", tag = "s3", params(("project_name" = inline(divbase_contract::field::ProjectName), Query)),
    request_body = ListRequest,
    responses((status = 200, body = ListResponse), crate::Refuses<404, 422>))]
pub(crate) async fn handler(
    state: AppState,
    call: Reading<Files, JsonBody<ListRequest>>,
) -> Result<Json<ListResponse>, ApiError> {
    let JsonBody(request) = &call.body;
    let prefix = call.prefix(request.prefix.as_ref().map_or("", |prefix| prefix.as_str()))?;
    let delimiter = request.delimiter.as_ref().map(|_| "/");
    let token = request.next_token.as_deref();
    listed(&state, &call, prefix, delimiter, token)
        .await
        .map(Json)
}

/// What the caller sees of a listing, of a prefix that the caller may list.
pub(crate) async fn listed<B>(
    state: &AppState,
    call: &Reading<Files, B>,
    prefix: &str,
    delimiter: Option<&str>,
    token: Option<&str>,
) -> Result<ListResponse, ApiError> {
    let bucket = &call.project.bucket_name;
    let page = state.store.list(bucket, prefix, delimiter, token).await?;
    Ok(ListResponse {
        files: page
            .objects
            .into_iter()
            .filter(|object| call.sees(&object.key))
            .map(|object| FileEntry {
                name: object.key,
                size: object.size,
                last_modified: object.last_modified,
                etag: object.etag,
            })
            .collect(),
        folders: page
            .folders
            .into_iter()
            .filter(|folder| call.sees(folder))
            .collect(),
        next_token: page.next_token,
    })
}
