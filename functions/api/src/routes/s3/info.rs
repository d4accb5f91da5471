//! One file with its versions.

use axum::Json;
use divbase_contract::{
    field::{ObjectKey, TextError},
    file_versions::{FileInfo, FileVersion},
};
use divbase_storage::StorageError;
use serde::Deserialize;

use crate::{
    AppState,
    error::ApiError,
    extract::{Files, Query, Reading},
};

/// Which file.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ObjectQuery {
    object_name: ObjectKey,
}

impl ObjectQuery {
    /// A file by name.
    ///
    /// # Errors
    /// 422 if it is no name.
    pub(crate) fn of(name: &str) -> Result<Self, ApiError> {
        let object_name = name.parse();
        object_name
            .map(|object_name| Self { object_name })
            .map_err(|error: TextError| ApiError::field("query.name", error))
    }
}

/// The versions of a file that have data, newest first.
#[utoipa::path(get, path = "/s3/info", tag = "s3",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Query), ("object_name" = inline(ObjectKey), Query)),
    responses((status = 200, body = FileInfo), crate::Refuses<404>))]
pub(crate) async fn handler(
    state: AppState,
    Query(query): Query<ObjectQuery>,
    call: Reading<Files>,
) -> Result<Json<FileInfo>, ApiError> {
    call.may_see([&*query.object_name])?;
    let versions = state
        .store
        .versions(&call.project.bucket_name, &query.object_name)
        .await?;
    if versions.is_empty() {
        return Err(StorageError::NotFound {
            key: query.object_name.into(),
        }
        .into());
    }
    Ok(Json(FileInfo {
        is_currently_deleted: !versions.iter().any(|version| version.is_latest),
        object_name: query.object_name.into(),
        versions: versions
            .into_iter()
            .map(|version| FileVersion {
                version_id: version.version_id,
                last_modified: version.last_modified,
                size: version.size,
                etag: version.etag,
                is_latest: version.is_latest,
            })
            .collect(),
    }))
}
