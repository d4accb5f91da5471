//! Give a file another name.

use axum::Json;
use divbase_contract::copies::{CopyProgress, MoveRequest};

use super::{
    changes::note_happened,
    copying::{Copying, is_copy_of, source},
};
use crate::{
    AppState,
    error::ApiError,
    extract::{EditRole, JsonBody, Project},
};

/// Copies the newest version of a file to another name, and then deletes the file as `DELETE /s3/` does: its versions stay and can
/// be restored. A request that is repeated goes on wherever the first was broken off.
#[utoipa::path(post, path = "/s3/move", tag = "s3",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Query)), request_body = MoveRequest,
    responses((status = 200, body = CopyProgress), crate::Refuses<400, 403, 404, 409, 413, 422>))]
pub(crate) async fn handler(
    state: AppState,
    call: Project<EditRole, JsonBody<MoveRequest>>,
) -> Result<Json<CopyProgress>, ApiError> {
    let MoveRequest {
        from,
        to,
        overwrite,
    } = call.body.0;
    let to = state.settings.upload_types.writable(&to)?.to_owned();
    if to == *from {
        return Err(ApiError::bad_request(format!(
            "'{to}' is both `from` and `to`; choose another name."
        )));
    }
    let (project_id, bucket) = (call.project.project_id, &call.project.bucket_name);
    let file = match source(&state, bucket, &from, None).await {
        Ok(file) => file,
        Err(missing) => {
            let moved = moved_before(&state, bucket, &from, &to).await?;
            return moved.map(Json).ok_or(missing);
        }
    };
    let version_id = file.version_id.clone();
    let copying = Copying {
        project_id,
        user_id: call.user.id,
        from: file,
        to,
        overwrite,
    };
    let progress = copying.step(&state).await?;
    if progress.done {
        note_happened(&state, project_id, &[&from]).await?;
        // Whatever was uploaded meanwhile is not what was moved, and stays.
        let now = state.store.head(bucket, &from).await?;
        if now.and_then(|now| now.version_id).as_deref() == Some(&version_id)
            || version_id == "null"
        {
            state
                .db
                .note_move(project_id, &from, &progress.to, &call.by)
                .await?;
            state.store.delete(bucket, &from).await?;
        }
    }
    Ok(Json(progress))
}

/// The answer to an earlier request that did it all and was not heard: the file is deleted, and the other was made of its newest
/// version.
async fn moved_before(
    state: &AppState,
    bucket: &str,
    from: &str,
    to: &str,
) -> Result<Option<CopyProgress>, ApiError> {
    let Some(there) = state.store.head(bucket, to).await? else {
        return Ok(None);
    };
    let versions = state.store.versions(bucket, from).await?;
    let newest = versions.first();
    let is_moved = newest.is_some_and(|newest| is_copy_of(&there, &newest.version_id));
    Ok(is_moved.then(|| CopyProgress {
        from: from.to_owned(),
        to: to.to_owned(),
        done: true,
        size: there.size,
        bytes_copied: there.size,
        version_id: there.version_id,
    }))
}
