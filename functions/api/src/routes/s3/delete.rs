//! Soft-delete files.

use axum::Json;
use divbase_contract::{audit::AuditAction, files::ObjectKeys};
use futures::{StreamExt, TryStreamExt, stream};

use super::changes::note_happened;
use crate::{
    AppState,
    error::ApiError,
    extract::{EditRole, JsonBody, Project},
    routes::s3::AT_ONCE,
};

/// Puts a delete marker on each file; the data stays and can be restored. A file that is not there, or is deleted
/// already, counts as deleted and gets no marker. Results of queries may be deleted like any other file.
#[utoipa::path(delete, path = "/s3/", tag = "s3", params(("project_name" = inline(divbase_contract::field::ProjectName), Query)),
    request_body(content = inline(ObjectKeys)),
    responses((status = 200, body = [String]), crate::Refuses<403, 422>))]
pub(crate) async fn handler(
    state: AppState,
    call: Project<EditRole, JsonBody<ObjectKeys>>,
) -> Result<Json<Vec<String>>, ApiError> {
    let names = call.body.0.into_items();
    note_happened(&state, call.project.project_id, &names).await?;
    let (store, bucket) = (&state.store, &call.project.bucket_name);
    let found = store.heads(bucket, &names).await?;
    let mut there = names.clone();
    let mut found = found.into_iter();
    there.retain(|_| found.next().flatten().is_some());
    if !there.is_empty() {
        let (project_id, action) = (call.project.project_id, AuditAction::FilesDeleted);
        state
            .db
            .note_files(project_id, action, &there, &call.by)
            .await?;
    }
    stream::iter(there)
        .map(|name| async move { store.delete(bucket, &name).await })
        .buffer_unordered(AT_ONCE)
        .try_collect::<()>()
        .await?;
    Ok(Json(names.into_iter().map(String::from).collect()))
}
