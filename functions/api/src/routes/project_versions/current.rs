//! The files of a project as they are now.

use std::collections::BTreeMap;

use divbase_contract::{limits::RESULT_PREFIX, project_versions::VersionedFile};
use divbase_db::ProjectMember;

use crate::{AppState, error::ApiError};

/// The newest version of every file, without folders and results of queries.
///
/// # Errors
/// If the store fails.
pub(super) async fn current_files(
    state: &AppState,
    project: &ProjectMember,
) -> Result<BTreeMap<String, VersionedFile>, ApiError> {
    let objects = state.store.current_objects(&project.bucket_name).await?;
    let files = objects
        .into_iter()
        .filter(|object| !object.key.ends_with('/') && !object.key.starts_with(RESULT_PREFIX));
    Ok(files
        .map(|object| {
            let file = VersionedFile {
                version_id: object.version_id,
                etag: object.etag,
                size: object.size,
            };
            (object.key, file)
        })
        .collect())
}
