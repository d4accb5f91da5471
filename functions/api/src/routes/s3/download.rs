//! URLs to download from.

use std::collections::HashMap;

use axum::Json;
use divbase_contract::{
    files::{ChecksumAlgorithm, DownloadRequests, DownloadUrl, StoredChecksum},
    limits::{RESULT_PREFIX, result_name},
    plan::OutputType,
};
use divbase_db::QueryResult;
use divbase_storage::{KeptAlgorithm, KeptChecksum};
use futures::{StreamExt, TryStreamExt, stream};

use crate::{
    AppState,
    error::ApiError,
    extract::{Files, JsonBody, Reading},
    routes::s3::AT_ONCE,
    url_sessions::signer,
};

/// A signed URL for each file, in the order of the request. Whether a file exists shows when its URL is used. Of a
/// task's result it reads the version that the task registered, unless another one is asked for.
#[utoipa::path(post, path = "/s3/download", tag = "s3", params(("project_name" = inline(divbase_contract::field::ProjectName), Query)),
    request_body(content = inline(DownloadRequests)),
    responses((status = 200, body = [DownloadUrl]), crate::Refuses<422>))]
pub(crate) async fn handler(
    state: AppState,
    call: Reading<Files, JsonBody<DownloadRequests>>,
) -> Result<Json<Vec<DownloadUrl>>, ApiError> {
    call.may_see(call.body.0.items().iter().map(|file| &*file.name))?;
    let files = call.body.0.into_items();
    let tasks: Vec<i64> = files
        .iter()
        .filter_map(|file| task_of(&file.name))
        .collect();
    let mut registered: HashMap<String, QueryResult> = HashMap::new();
    if !tasks.is_empty() {
        let results = state.db.results_of_tasks(call.project.project_id, &tasks);
        for result in results.await? {
            registered.insert(result.object_key.clone(), result);
        }
    }
    let bucket = &call.project.bucket_name;
    let (store, seconds) = (&state.store, state.settings.urls.transfer);
    let signer = &signer(&state, &call.project).await?;
    let wanted: Vec<_> = files
        .into_iter()
        .map(|file| {
            let result = registered.get(file.name.as_str()).filter(|result| {
                let asked = file.version_id.as_deref();
                asked.is_none_or(|version| version == result.version_id)
            });
            let sha256 = result
                .and_then(|result| result.sha256.as_ref())
                .map(hex::encode);
            let version_id = match result {
                Some(result) => Some(result.version_id.clone()),
                None => file.version_id.map(String::from),
            };
            (
                String::from(file.name),
                version_id,
                sha256,
                file.with_checksum,
            )
        })
        .collect();
    let urls = stream::iter(wanted)
        .map(|(name, version_id, sha256, with_checksum)| async move {
            let version = version_id.as_deref();
            let checksum = if with_checksum {
                store.checksum(bucket, &name, version).await?
            } else {
                None
            };
            let pre_signed_url = signer.get(&name, version, seconds).await?;
            Ok::<_, ApiError>(DownloadUrl {
                pre_signed_url,
                sha256,
                checksum: checksum.map(stored_checksum),
                name,
                version_id,
            })
        })
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    Ok(Json(urls))
}

/// The task whose result has this name.
fn task_of(name: &str) -> Option<i64> {
    let rest = name.strip_prefix(RESULT_PREFIX)?;
    OutputType::ALL.into_iter().find_map(|kind| {
        let id: i64 = rest.strip_suffix(kind.suffix())?.parse().ok()?;
        // `+7` and `007` are numbers, but name no result.
        (result_name(id, kind) == name).then_some(id)
    })
}

fn stored_checksum(kept: KeptChecksum) -> StoredChecksum {
    StoredChecksum {
        algorithm: match kept.algorithm {
            KeptAlgorithm::Crc32 => ChecksumAlgorithm::Crc32,
            KeptAlgorithm::Crc32c => ChecksumAlgorithm::Crc32c,
            KeptAlgorithm::Crc64nvme => ChecksumAlgorithm::Crc64nvme,
            KeptAlgorithm::Sha256 => ChecksumAlgorithm::Sha256,
        },
        value: kept.value,
        parts: kept.parts,
    }
}
