//! What an object is.

use axum::Json;
use base64::{Engine, prelude::BASE64_STANDARD};
use divbase_contract::drs::{AccessMethod, DrsChecksum, DrsError, DrsId, DrsObject};
use divbase_storage::{KeptAlgorithm, KeptChecksum};

use super::asked::Asked;
use crate::{AppState, error::ApiError};

/// The one way to the bytes.
pub(super) const HTTPS: &str = "https";

/// An object of the Data Repository Service (1.4): one version of a file, with its size, its checksums and how to get its bytes.
#[utoipa::path(get, path = "/ga4gh/drs/v1/objects/{object_id}", tag = "drs", operation_id = "drs_object",
    params(("object_id" = inline(DrsId), Path)),
    responses((status = 200, body = DrsObject), (status = 401, body = DrsError), (status = 403, body = DrsError),
              (status = 404, body = DrsError)))]
pub(super) async fn handler(state: AppState, asked: Asked) -> Result<Json<DrsObject>, ApiError> {
    let version = asked.version(&state).await?;
    let bucket = &asked.call.project.bucket_name;
    let kept = state
        .store
        .checksum(bucket, &asked.id.key, Some(&version.version_id))
        .await?;
    let base = asked.id.key.rsplit('/').next().unwrap_or_default();
    let is_portable = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    Ok(Json(DrsObject {
        id: asked.id.to_string(),
        name: base.chars().all(is_portable).then(|| base.to_owned()),
        self_uri: asked.self_uri(),
        size: version.size,
        created_time: version.last_modified,
        updated_time: version.last_modified,
        mime_type: mime_type(base).to_owned(),
        checksums: checksums(&version.etag, kept),
        access_methods: vec![AccessMethod {
            kind: HTTPS.to_owned(),
            access_id: HTTPS.to_owned(),
        }],
        description: format!("{} of the project {}", asked.id.key, asked.id.project),
        version: version.version_id,
    }))
}

/// The SHA-256, if the store keeps that of the whole, and the ETag: an MD5, or that of parts.
fn checksums(etag: &str, kept: Option<KeptChecksum>) -> Vec<DrsChecksum> {
    let sha256 = kept
        .filter(|kept| kept.algorithm == KeptAlgorithm::Sha256 && kept.parts.is_none())
        .and_then(|kept| BASE64_STANDARD.decode(kept.value).ok())
        .map(hex::encode);
    let is_md5 = etag.len() == 32 && etag.bytes().all(|byte| byte.is_ascii_hexdigit());
    let etag = (etag.to_owned(), if is_md5 { "md5" } else { "etag" });
    let all = sha256.map(|sum| (sum, "sha-256")).into_iter();
    all.chain([etag])
        .map(|(checksum, kind)| DrsChecksum {
            checksum,
            kind: kind.to_owned(),
        })
        .collect()
}

fn mime_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("gz") => "application/gzip",
        Some("tsv") => "text/tab-separated-values",
        Some("txt" | "md" | "vcf" | "fai" | "dict") => "text/plain",
        _ => "application/octet-stream",
    }
}
