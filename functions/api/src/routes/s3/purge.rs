//! Destroy versions of files for good.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use divbase_contract::{
    names::writable,
    purge::{KeptVersion, PurgeRequest, PurgeRequests, Purged, PurgedVersion},
};
use divbase_service::sample_groups;
use divbase_storage::{KeyVersion, StoredVersion, VersionKind};
use futures::{StreamExt, TryStreamExt, stream};

use crate::{
    AppState,
    error::ApiError,
    extract::{JsonBody, ManageRole, Project},
    routes::s3::AT_ONCE,
};

/// Destroys versions of files, for managers: nobody can restore them. Kept are a version that counts now (delete the file first), and
/// one that a project version names, a deleted one included. One that is not there is kept too, and said to be so.
#[utoipa::path(post, path = "/s3/purge", tag = "s3", params(("project_name" = inline(divbase_contract::field::ProjectName), Query)),
    request_body(content = inline(PurgeRequests)),
    responses((status = 200, body = Purged), crate::Refuses<400, 403, 422>))]
pub(crate) async fn handler(
    state: AppState,
    call: Project<ManageRole, JsonBody<PurgeRequests>>,
) -> Result<Json<Purged>, ApiError> {
    let wanted: BTreeSet<PurgeRequest> = call.body.0.clone().into_items().into_iter().collect();
    for one in &wanted {
        writable(&one.name)?;
    }
    let (project_id, bucket) = (call.project.project_id, &call.project.bucket_name);
    let keys: BTreeSet<String> = wanted.iter().map(|one| one.name.to_string()).collect();
    let versions: BTreeMap<String, Vec<KeyVersion>> = stream::iter(keys)
        .map(|key| async {
            let versions = state.store.versions(bucket, &key).await?;
            Ok::<_, ApiError>((key, versions))
        })
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    let protected = state.db.protected_versions(project_id).await?;
    let (mut answer, mut doomed) = (Purged::default(), Vec::new());
    for one in wanted {
        let (name, version_id) = (String::from(one.name), String::from(one.version_id));
        let all = versions.get(&name).into_iter().flatten();
        let found = all
            .into_iter()
            .find(|version| version.version_id == version_id);
        let is_protected = protected.contains(&(name.clone(), version_id.clone()));
        let reason = match found {
            None => "there is no such version",
            Some(version) if version.is_latest => {
                "it is what the file is now; delete the file first"
            }
            Some(_) if is_protected => {
                "a version of the project names it; that keeps it until it is deleted and purged itself"
            }
            Some(version) => {
                doomed.push(StoredVersion {
                    key: name,
                    version_id,
                    size: version.size,
                    last_modified: version.last_modified,
                    is_latest: false,
                    kind: VersionKind::Data,
                });
                continue;
            }
        };
        answer.kept.push(KeptVersion {
            name,
            version_id,
            reason: reason.to_owned(),
        });
    }
    if let Some(first) = doomed.first() {
        let bytes = doomed.iter().map(|version| version.size).sum();
        // Before it is done: nothing is destroyed that the log does not tell.
        state
            .db
            .note_purge(project_id, (doomed.len(), bytes), &first.key, &call.by)
            .await?;
        let all: Vec<&StoredVersion> = doomed.iter().collect();
        state.store.destroy(bucket, &all).await?;
        let versions = doomed.iter();
        let versions: Vec<(&str, &str)> = versions
            .map(|one| (one.key.as_str(), one.version_id.as_str()))
            .collect();
        sample_groups::destroy(&state.store, bucket, &versions).await;
    }
    let gone = doomed.into_iter().map(|version| PurgedVersion {
        name: version.key,
        version_id: version.version_id,
        size: version.size,
    });
    answer.purged.extend(gone);
    Ok(Json(answer))
}
