//! Checksums of files, so that a client can tell what it need not upload.

use axum::Json;
use divbase_contract::files::{Checksum, ObjectKeys};

use crate::{
    AppState,
    error::ApiError,
    extract::{Files, JsonBody, Reading},
};

/// The checksums of those of the named files that exist, in the order of the request.
#[utoipa::path(post, path = "/s3/checksums", tag = "s3", params(("project_name" = inline(divbase_contract::field::ProjectName), Query)),
    request_body(content = inline(ObjectKeys)),
    responses((status = 200, body = [Checksum]), crate::Refuses<422>))]
pub(crate) async fn handler(
    state: AppState,
    call: Reading<Files, JsonBody<ObjectKeys>>,
) -> Result<Json<Vec<Checksum>>, ApiError> {
    call.may_see(call.body.0.items().iter().map(|name| &**name))?;
    let names = call.body.0.into_items();
    let found = state.store.heads(&call.project.bucket_name, &names).await?;
    let existing = names.into_iter().zip(found).filter_map(|(name, meta)| {
        Some(Checksum {
            object_name: name.into(),
            md5_checksum: meta?.etag,
        })
    });
    Ok(Json(existing.collect()))
}
