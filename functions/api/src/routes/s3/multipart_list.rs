//! Uploads that were neither completed nor given up.

use std::collections::HashMap;

use axum::Json;
use divbase_contract::{
    Role,
    limits::BATCH_MAX,
    multipart::{OpenUpload, OpenUploads},
    vcf_keys::is_reserved,
};
use divbase_db::NotedUpload;
use futures::{StreamExt, TryStreamExt, stream};

use crate::{
    AppState,
    error::ApiError,
    extract::{Project, QueryRole},
    routes::s3::AT_ONCE,
};

/// The uploads in parts of the caller that are open; of everybody, for whoever may delete files. Each can be completed or given
/// up; the store gives it up by itself a week after it was begun.
#[utoipa::path(get, path = "/s3/upload/multi-part", tag = "s3",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Query)),
    responses((status = 200, body = OpenUploads), crate::Refuses<403, 422>))]
pub(crate) async fn handler(
    state: AppState,
    call: Project<QueryRole>,
) -> Result<Json<OpenUploads>, ApiError> {
    let (store, bucket) = (&state.store, &call.project.bucket_name);
    let noted = state.db.noted_uploads(call.project.project_id).await?;
    let noted: HashMap<String, NotedUpload> = noted
        .into_iter()
        .map(|upload| (upload.upload_id.clone(), upload))
        .collect();
    let sees_all = call.project.role >= Role::Edit;
    let is_own = |id: &str| {
        let known = noted.get(id);
        known.is_some_and(|upload| upload.user_id == Some(call.user.id))
    };
    let (open, more) = store
        .open_uploads(bucket, "", BATCH_MAX, |upload| {
            !is_reserved(&upload.key) && (sees_all || is_own(&upload.upload_id))
        })
        .await?;
    let uploads = stream::iter(open)
        .map(|upload| async {
            let parts = store.parts(bucket, &upload.key, &upload.upload_id).await?;
            let sent = |parts: Vec<divbase_storage::OpenPart>| {
                parts.iter().map(|part| part.size).sum::<u64>()
            };
            Ok::<_, ApiError>(parts.map(|parts| (upload, sent(parts))))
        })
        .buffered(AT_ONCE)
        // One that has just ended is none.
        .try_filter_map(async |found| Ok(found))
        .map_ok(|(upload, bytes_sent)| {
            let known = noted.get(&upload.upload_id);
            OpenUpload {
                begun_by: known.and_then(|known| known.email.clone()),
                content_length: known.map(|known| known.bytes),
                name: upload.key,
                upload_id: upload.upload_id,
                begun_at: upload.begun_at,
                bytes_sent,
            }
        })
        .try_collect()
        .await?;
    Ok(Json(OpenUploads { uploads, more }))
}
