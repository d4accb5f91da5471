//! The earlier result of the same plan over the same versions, given again by a copy within the store.

use divbase_contract::{
    limits::{result_index_name, result_name},
    plan::OutputType,
};
use divbase_db::QueryResult;
use divbase_storage::{CopySource, ObjectMeta, StorageError};

use crate::{ServiceError, Services};

/// Earlier results that are tried; the newest one nearly always does.
const TRIED: i64 = 3;

/// A result that was given again.
pub(crate) struct Reused {
    /// What is registered for the task itself.
    pub(crate) result: QueryResult,
    /// The task whose result it is a copy of.
    pub(crate) from_task_id: i64,
}

/// Copies an earlier result to that of a task, which is of the same type, and registers the copy. Nothing if there is none that still exists.
///
/// # Errors
/// If database or store fail.
pub(crate) async fn reuse(
    services: &Services,
    bucket: &str,
    project_id: i64,
    digest: &[u8; 32],
    (task_id, kind): (i64, OutputType),
) -> Result<Option<Reused>, ServiceError> {
    let earlier = services.db.query_results(project_id, digest, TRIED).await?;
    for result in earlier {
        if result.task_id == task_id {
            continue;
        }
        let index = result_index_name(result.task_id, kind);
        let Some(index) = services.store.head(bucket, &index).await? else {
            continue;
        };
        let copied = copy(services, bucket, &result, &index, (task_id, kind)).await;
        match copied {
            Ok(version_id) => {
                let from_task_id = result.task_id;
                let result = QueryResult {
                    task_id,
                    object_key: result_name(task_id, kind),
                    version_id,
                    ..result
                };
                services.db.store_query_result(project_id, &result).await?;
                return Ok(Some(Reused {
                    result,
                    from_task_id,
                }));
            }
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
    index: &ObjectMeta,
    (task_id, kind): (i64, OutputType),
) -> Result<String, StorageError> {
    let store = &services.store;
    let (name, index_name) = (result_name(task_id, kind), result_index_name(task_id, kind));
    let result = CopySource {
        key: &from.object_key,
        version_id: &from.version_id,
        size: from.size_bytes.unsigned_abs(),
    };
    let copied = store.copy(bucket, result, &name).await?;
    let its_index = CopySource {
        key: &result_index_name(from.task_id, kind),
        version_id: index.version_id.as_deref().unwrap_or("null"),
        size: index.size,
    };
    store.copy(bucket, its_index, &index_name).await?;
    Ok(copied.unwrap_or_else(|| "null".to_owned()))
}
