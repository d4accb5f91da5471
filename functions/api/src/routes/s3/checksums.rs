//! Checksums of files, so that a client can tell what it need not upload.

use axum::{Json, extract::State};
use divbase_contract::{
    ErrorBody,
    files::{Batch, Checksum},
};
use futures::{StreamExt, TryStreamExt, stream};

use crate::{
    AppState,
    error::ApiError,
    extract::{JsonBody, Project, ReadRole},
};

/// Requests to the store under way at once.
const AT_ONCE: usize = 16;

/// The checksums of those of the named files that exist, in the order of the request.
#[utoipa::path(post, path = "/s3/checksums", tag = "s3", params(("project_name" = String, Query)),
    request_body = Vec<String>,
    responses((status = 200, body = [Checksum]), (status = 422, body = ErrorBody)))]
pub(super) async fn handler(
    State(state): State<AppState>,
    call: Project<ReadRole, JsonBody<Batch<String>>>,
) -> Result<Json<Vec<Checksum>>, ApiError> {
    let (store, bucket) = (&state.store, &call.project.bucket_name);
    let mut names = call.body.0.into_items();
    // No file has the empty name, and the store cannot be asked about it.
    names.retain(|name| !name.is_empty());
    let found: Vec<Option<Checksum>> = stream::iter(names)
        .map(|object_name| async move {
            let head = store.head(bucket, &object_name).await?;
            Ok::<_, ApiError>(head.map(|head| Checksum {
                object_name,
                md5_checksum: head.etag,
            }))
        })
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    Ok(Json(found.into_iter().flatten().collect()))
}
