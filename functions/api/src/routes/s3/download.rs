//! URLs to download from.

use std::collections::HashMap;

use axum::{Json, extract::State};
use divbase_contract::{
    ErrorBody,
    files::{Batch, ChecksumAlgorithm, DownloadRequest, DownloadUrl, StoredChecksum},
    limits::{RESULT_PREFIX, TRANSFER_URL_SECONDS, result_vcf_name},
};
use divbase_db::QueryResult;
use divbase_storage::{KeptAlgorithm, KeptChecksum};

use crate::{
    AppState,
    error::ApiError,
    extract::{JsonBody, Project, ReadRole},
};

/// A signed URL for each file, in the order of the request. Whether a file exists shows when its URL is used. Of a
/// task's result it reads the version that the task registered, unless another one is asked for.
#[utoipa::path(post, path = "/s3/download", tag = "s3", params(("project_name" = String, Query)),
    request_body = Vec<DownloadRequest>,
    responses((status = 200, body = [DownloadUrl]), (status = 422, body = ErrorBody)))]
pub(super) async fn handler(
    State(state): State<AppState>,
    call: Project<ReadRole, JsonBody<Batch<DownloadRequest>>>,
) -> Result<Json<Vec<DownloadUrl>>, ApiError> {
    let files = call.body.0.into_items();
    if let Some(index) = files.iter().position(|file| file.name.is_empty()) {
        return Err(ApiError::validation(vec![format!(
            "body.[{index}].name: Value error, the name is empty"
        )]));
    }
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
    let mut urls = Vec::new();
    for file in files {
        let result = registered.get(&file.name).filter(|result| {
            let asked = file.version_id.as_ref();
            asked.is_none_or(|version| *version == result.version_id)
        });
        let version_id = match result {
            Some(result) => Some(result.version_id.clone()),
            None => file.version_id,
        };
        let version = version_id.as_deref();
        let checksum = if file.with_checksum {
            state.store.checksum(bucket, &file.name, version).await?
        } else {
            None
        };
        let pre_signed_url = state
            .store
            .presign_get(bucket, &file.name, version, TRANSFER_URL_SECONDS)
            .await?;
        urls.push(DownloadUrl {
            pre_signed_url,
            sha256: result.map(|result| hex::encode(result.sha256)),
            checksum: checksum.map(stored_checksum),
            name: file.name,
            version_id,
        });
    }
    Ok(Json(urls))
}

/// The task whose result has this name.
fn task_of(name: &str) -> Option<i64> {
    let id = name.strip_prefix(RESULT_PREFIX)?.strip_suffix(".vcf.gz")?;
    let id: i64 = id.parse().ok()?;
    // `+7` and `007` are numbers, but name no result.
    (result_vcf_name(id) == name).then_some(id)
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
