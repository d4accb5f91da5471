//! Make folders.

use axum::Json;
use divbase_contract::{
    file_versions::{MadeFolders, MakeFolders},
    names::FolderName,
};
use divbase_db::Limited;
use futures::{StreamExt, stream};

use crate::{
    AppState,
    error::ApiError,
    extract::{JsonBody, Project, QueryRole},
    routes::s3::AT_ONCE,
};

/// Writes an empty object for each folder, unless it is there.
#[utoipa::path(post, path = "/s3/mkdir", tag = "s3", params(("project_name" = inline(divbase_contract::field::ProjectName), Query)),
    request_body = MakeFolders,
    responses((status = 200, body = MadeFolders), crate::Refuses<400, 409, 422>))]
pub(crate) async fn handler(
    state: AppState,
    call: Project<QueryRole, JsonBody<MakeFolders>>,
) -> Result<Json<MadeFolders>, ApiError> {
    let (state, bucket) = (&state, &call.project.bucket_name);
    let directories = call.body.0.directories;
    let keys = directories
        .items()
        .iter()
        .map(FolderName::writable)
        .collect::<Result<Vec<_>, _>>()?;
    let found = state.store.heads(bucket, &keys).await?;
    let new: Vec<String> = keys
        .iter()
        .zip(&found)
        .filter(|(_, found)| found.is_none())
        .map(|(key, _)| (*key).to_owned())
        .collect();
    let usual = state.settings.project_rules.folders.into();
    let project_id = call.project.project_id;
    if let Limited::Full(most) = state.db.note_folders(project_id, &new, usual).await? {
        return Err(ApiError::conflict(format!(
            "The project '{}' may have {most} folders, and these would be more; deleted ones count until they are destroyed. An administrator can allow more.",
            call.project.project_name
        )));
    }
    let keys: Vec<String> = keys.into_iter().map(str::to_owned).collect();
    let made: Vec<_> = stream::iter(keys.into_iter().zip(found))
        .map(|(key, found)| async move {
            let made = match found {
                Some(_) => Ok(()),
                None => state.store.put(bucket, &key, Vec::new()).await.map(drop),
            };
            (key, made)
        })
        .buffered(AT_ONCE)
        .collect()
        .await;
    let mut answer = MadeFolders::default();
    for (key, made) in made {
        match made {
            Ok(()) => answer.created.push(key),
            Err(error) => {
                tracing::warn!(%error, "a folder could not be made");
                answer.failed.push(key);
            }
        }
    }
    Ok(Json(answer))
}
