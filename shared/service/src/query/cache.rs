//! The earlier result of the same plan over the same versions, given again by a copy within the store.

use divbase_contract::limits::{result_index_name, result_vcf_name};
use divbase_db::QueryResult;
use divbase_storage::StorageError;

use crate::{ServiceError, Services};

/// Earlier results that are tried; the newest one nearly always does.
const TRIED: i64 = 3;

/// Larger objects cannot be copied in one call.
const LARGEST_COPY: i64 = 5_000_000_000;

/// Copies an earlier result to that of `task_id`. Nothing if there is none that still exists.
///
/// # Errors
/// If database or store fail.
pub(crate) async fn reuse(
    services: &Services,
    bucket: &str,
    project_id: i64,
    digest: &[u8; 32],
    task_id: i64,
) -> Result<Option<QueryResult>, ServiceError> {
    let earlier = services.db.query_results(project_id, digest, TRIED).await?;
    for result in earlier {
        if result.size_bytes > LARGEST_COPY || result.task_id == task_id {
            continue;
        }
        let index = result_index_name(result.task_id);
        let Some(index) = services.store.head(bucket, &index).await? else {
            continue;
        };
        let copied = copy(
            services,
            bucket,
            &result,
            index.version_id.as_deref(),
            task_id,
        )
        .await;
        match copied {
            Ok(()) => return Ok(Some(result)),
            Err(StorageError::NotFound { .. }) => {
                services
                    .db
                    .forget_query_result(project_id, result.task_id)
                    .await?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(None)
}

async fn copy(
    services: &Services,
    bucket: &str,
    from: &QueryResult,
    index_version: Option<&str>,
    task_id: i64,
) -> Result<(), StorageError> {
    let store = &services.store;
    let (vcf, index) = (result_vcf_name(task_id), result_index_name(task_id));
    store
        .copy_version(bucket, &from.object_key, &from.version_id, &vcf)
        .await?;
    let from_index = result_index_name(from.task_id);
    store
        .copy_version(bucket, &from_index, index_version.unwrap_or("null"), &index)
        .await?;
    Ok(())
}
