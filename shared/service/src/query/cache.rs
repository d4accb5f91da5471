//! The earlier result of the same plan over the same versions, given again: its blocks, behind a header that says which
//! task they were given to.

use divbase_contract::{
    limits::{result_index_name, result_name},
    plan::OutputType,
};
use divbase_db::QueryResult;
use divbase_storage::{ObjectVersion, RangeReader, StorageError, Streamed, StreamingUpload};
use divbase_vcf::{index::Index, reheader::reheader};

use super::provenance::{COPY, copy_lines};
use crate::{
    Context, Result, ServiceError,
    object::{Access, ObjectSource},
};

/// Earlier results that are tried; the newest one nearly always does.
const TRIED: i64 = 3;

/// Bytes that are copied at a time.
const PIECE: u64 = 8 << 20;

/// Larger indexes are not read.
const LARGEST_INDEX: u64 = 256 << 20;

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
/// If database or store fail, or the task should stop.
pub(crate) async fn reuse(
    ctx: &Context,
    bucket: &str,
    project_id: i64,
    digest: &[u8; 32],
    (task_id, kind): (i64, OutputType),
) -> Result<Option<Reused>> {
    let db = &ctx.services.db;
    let earlier = db.query_results(project_id, digest, TRIED).await?;
    for result in earlier {
        if result.task_id == task_id {
            continue;
        }
        match copy(ctx, bucket, &result, (task_id, kind)).await {
            Ok(Some(copied)) => {
                let from_task_id = result.task_id;
                let written = copied.object.written;
                let result = QueryResult {
                    task_id,
                    object_key: result_name(task_id, kind),
                    version_id: written.version_id.unwrap_or_else(|| "null".to_owned()),
                    index_version_id: copied.index_version_id,
                    size_bytes: i64::try_from(written.size).unwrap_or(i64::MAX),
                    sha256: Some(copied.object.sha256.to_vec()),
                    ..result
                };
                db.store_query_result(project_id, &result).await?;
                return Ok(Some(Reused {
                    result,
                    from_task_id,
                }));
            }
            Ok(None) => {}
            Err(ServiceError::Storage(StorageError::NotFound { .. })) => {
                db.forget_query_result(project_id, result.task_id).await?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// What a copy is in the store.
struct Copied {
    object: Streamed,
    index_version_id: Option<String>,
}

/// Copies the versions of result and index that were registered; nothing if they cannot be.
async fn copy(
    ctx: &Context,
    bucket: &str,
    from: &QueryResult,
    (task_id, kind): (i64, OutputType),
) -> Result<Option<Copied>> {
    let store = &ctx.services.store;
    let Some(index_version) = &from.index_version_id else {
        return Ok(None);
    };
    let index = result_index_name(from.task_id, kind);
    let index = store
        .read(bucket, &index, Some(index_version), LARGEST_INDEX)
        .await?;
    let newest = store.head(bucket, &from.object_key).await?;
    let newest = newest.filter(|newest| newest.version_id.as_ref() == Some(&from.version_id));
    let object = ObjectVersion {
        bucket: bucket.to_owned(),
        key: from.object_key.clone(),
        version_id: from.version_id.clone(),
        // Of an older version it is not known, and not needed.
        etag: newest.map(|newest| newest.etag).unwrap_or_default(),
        size: from.size_bytes.unsigned_abs(),
    };
    let size = object.size;
    let reader = RangeReader::new(store.clone(), object);
    let (stop, meter) = (ctx.stop.clone(), ctx.meter.clone());
    let source = ObjectSource::new(reader, Access::Parts, stop, meter);
    let lines = copy_lines(task_id, from.task_id);
    let headed = ctx.meter.blocking(move || {
        let head = reheader(&source, COPY, &lines);
        (source, head)
    });
    let (source, head) = headed.await?;
    if let Some(cause) = source.failure() {
        return Err(cause.into());
    }
    // What cannot be given another header, or has no index that can be read, is made anew.
    let Ok(Some(head)) = head else {
        return Ok(None);
    };
    let by = head.moves();
    let moved = ctx.meter.blocking(move || {
        let moved = Index::parse(&index)?.moved(by);
        match kind {
            OutputType::Z => moved.to_csi(),
            OutputType::B => moved.to_unnamed_csi(),
        }
    });
    let Ok(index) = moved.await? else {
        return Ok(None);
    };
    let reader = source.reader();
    let mut upload = StreamingUpload::new(store.clone(), bucket, &result_name(task_id, kind));
    let sent = send(ctx, &mut upload, &head.blocks, reader, (head.records, size)).await;
    ctx.add_bytes_read(reader.transferred());
    if let Err(error) = sent {
        upload.abort().await;
        return Err(error);
    }
    let object = upload.finish().await?;
    ctx.add_bytes_written(object.written.size);
    let index = store
        .put(bucket, &result_index_name(task_id, kind), index)
        .await?;
    Ok(Some(Copied {
        object,
        index_version_id: index.version_id,
    }))
}

/// Sends the new beginning, and of the old object what lies between these bytes.
async fn send(
    ctx: &Context,
    upload: &mut StreamingUpload,
    head: &[u8],
    reader: &RangeReader,
    (mut from, to): (u64, u64),
) -> Result<()> {
    upload.write(head).await?;
    while from < to {
        ctx.stop.check()?;
        let piece = reader.read(from, PIECE.min(to - from)).await?;
        upload.write(&piece).await?;
        from += piece.len() as u64;
        if piece.is_empty() {
            return Err(StorageError::from(std::io::Error::from(
                std::io::ErrorKind::UnexpectedEof,
            ))
            .into());
        }
        ctx.progress(
            "copying an earlier result",
            Some(from as f64 / to.max(1) as f64),
        );
    }
    Ok(())
}
