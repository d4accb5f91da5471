//! Restore soft-deleted files.

use axum::Json;
use divbase_contract::{
    audit::AuditAction, file_versions::Restored, files::ObjectKeys, names::writable,
};
use divbase_storage::StorageError;
use futures::{StreamExt, TryStreamExt, stream};

use super::changes::note_happened;
use crate::{
    AppState,
    error::ApiError,
    extract::{EditRole, JsonBody, Project},
    routes::s3::AT_ONCE,
};

/// Makes the newest version with data current again, with its version id and ETag. A live file counts as restored.
/// Names of results belong to the service and are refused: what a task registered stays readable by its version.
#[utoipa::path(post, path = "/s3/restore", tag = "s3", params(("project_name" = inline(divbase_contract::field::ProjectName), Query)),
    request_body(content = inline(ObjectKeys)),
    responses((status = 200, body = Restored), crate::Refuses<400, 403, 422>))]
pub(crate) async fn handler(
    state: AppState,
    call: Project<EditRole, JsonBody<ObjectKeys>>,
) -> Result<Json<Restored>, ApiError> {
    let (store, bucket) = (&state.store, &call.project.bucket_name);
    let names = call.body.0.into_items();
    for name in &names {
        writable(name)?;
    }
    note_happened(&state, call.project.project_id, &names).await?;
    let (project_id, action) = (call.project.project_id, AuditAction::FilesRestored);
    state
        .db
        .note_files(project_id, action, &names, &call.by)
        .await?;
    let ends: Vec<(String, bool)> = stream::iter(names)
        .map(|name| async move {
            let is_live = store.undelete(bucket, &name).await?;
            Ok::<_, StorageError>((name.into(), is_live))
        })
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let mut answer = Restored::default();
    for (name, is_live) in ends {
        if is_live {
            answer.restored.push(name);
        } else {
            answer.not_restored.push(name);
        }
    }
    Ok(Json(answer))
}
