//! URLs to upload to, one PUT a file.

use axum::Json;
use divbase_contract::files::{UploadRequests, UploadUrl};

use divbase_storage::ExpectedBody;

use super::changes::note_permitted;
use crate::{
    AppState,
    error::ApiError,
    extract::{JsonBody, Project, QueryRole},
    quota::room,
    url_sessions::signer,
};

/// A signed URL for each file, with the headers that belong to its signature.
#[utoipa::path(post, path = "/s3/upload/single-part", tag = "s3",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Query)), request_body(content = inline(UploadRequests)),
    responses((status = 200, body = [UploadUrl]), crate::Refuses<400, 413, 422>))]
pub(crate) async fn handler(
    state: AppState,
    call: Project<QueryRole, JsonBody<UploadRequests>>,
) -> Result<Json<Vec<UploadUrl>>, ApiError> {
    let files = call.body.0.into_items();
    let keys = files
        .iter()
        .map(|file| state.settings.upload_types.writable(&file.name))
        .collect::<Result<Vec<_>, _>>()?;
    if let Some(index) = files.iter().position(|file| file.content_length.get() == 0) {
        return Err(ApiError::bad_request(format!(
            "The file '{}' is empty (`content_length`); empty files cannot be uploaded.",
            keys[index]
        )));
    }
    let wanted: Vec<(Option<&str>, u64)> = files
        .iter()
        .zip(&keys)
        .map(|(file, key)| (Some(&**key), file.content_length.get().unsigned_abs()))
        .collect();
    room(&state, call.project.project_id, &wanted).await?;
    note_permitted(&state, call.project.project_id, &keys).await?;
    let signer = signer(&state, &call.project).await?;
    let mut urls = Vec::new();
    for (file, key) in files.iter().zip(keys) {
        let put = signer
            .put(
                key,
                ExpectedBody {
                    length: Some(file.content_length.get().unsigned_abs()),
                    md5: file.md5_hash.as_deref(),
                    sha256: file.sha256.as_deref(),
                },
                state.settings.urls.upload,
            )
            .await?;
        urls.push(UploadUrl {
            name: key.to_owned(),
            pre_signed_url: put.url,
            put_headers: put.headers,
        });
    }
    Ok(Json(urls))
}
