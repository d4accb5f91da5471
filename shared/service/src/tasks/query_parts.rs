//! Sends parts of the result of a query that was answered in windows: those that lie across several pieces, which the store cannot
//! copy. The query's own task, whose child this is, has begun the object and ends it.

use divbase_contract::limits::piece_name;
use divbase_storage::{ObjectVersion, Refusal, StorageError};
use divbase_tasks::{Policy, Queue, Task, TaskError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Context, Result, ServiceError, Services};

/// The task.
pub(crate) struct QueryParts;

/// Which parts of which object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QueryPartsKwargs {
    /// The task of the query.
    pub(crate) query: i64,
    /// The project's bucket.
    pub(crate) bucket_name: String,
    /// The key of the result.
    pub(crate) object_key: String,
    /// The store's name for the upload.
    pub(crate) upload_id: String,
    /// The parts.
    pub(crate) parts: Vec<ComposedPart>,
}

/// A part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ComposedPart {
    /// From 1.
    pub(crate) number: i32,
    /// Its bytes, one range after the other.
    pub(crate) ranges: Vec<PieceRange>,
}

/// Bytes of what a window left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PieceRange {
    /// The window, from 0.
    pub(crate) window: u32,
    /// The version.
    pub(crate) version_id: String,
    /// Its ETag.
    pub(crate) etag: String,
    /// Its bytes.
    pub(crate) size_bytes: u64,
    /// The first byte.
    pub(crate) begin: u64,
    /// The byte before which it ends.
    pub(crate) end: u64,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "status", rename_all = "snake_case")]
pub(crate) enum QueryPartsResult {
    /// The parts are there.
    Completed {
        /// Their bytes.
        size_bytes: u64,
    },
    /// The query ended, or its object was given up.
    Skipped,
}

impl Task for QueryParts {
    const NAME: &'static str = "tasks.query_parts";
    const QUEUE: Queue = Queue::Long;
    const POLICY: Policy = Policy::LONG;
    type Services = Services;
    type Kwargs = QueryPartsKwargs;
    type Output = QueryPartsResult;

    async fn run(ctx: Context, kwargs: QueryPartsKwargs) -> Result<QueryPartsResult, TaskError> {
        if ctx.services.db.batch_is_lost(kwargs.query).await? {
            return Ok(QueryPartsResult::Skipped);
        }
        let bucket = kwargs.bucket_name.as_str();
        let (mut parts, mut total) = (Vec::with_capacity(kwargs.parts.len()), 0);
        for part in kwargs.parts {
            let ranges = part.ranges.into_iter().map(|range| {
                total += range.end - range.begin;
                let object = ObjectVersion {
                    bucket: bucket.to_owned(),
                    key: piece_name(kwargs.query, range.window),
                    version_id: range.version_id,
                    etag: range.etag,
                    size: range.size_bytes,
                };
                (object, range.begin..range.end)
            });
            parts.push((part.number, ranges.collect()));
        }
        let upload = (
            bucket,
            kwargs.object_key.as_str(),
            kwargs.upload_id.as_str(),
        );
        let done = |bytes| {
            let share = bytes as f64 / total.max(1) as f64;
            ctx.progress("putting the windows together", Some(share));
        };
        let sending = ctx.services.store.send_parts(upload, parts, done);
        let sent = tokio::select! {
            sent = sending => sent,
            _ = ctx.stop.stopped() => return Err(TaskError::Stopped),
        };
        match sent {
            Ok(size_bytes) => {
                ctx.add_bytes_read(size_bytes);
                Ok(QueryPartsResult::Completed { size_bytes })
            }
            Err(StorageError::Refused {
                code: Refusal::NoSuchUpload,
                ..
            }) => Ok(QueryPartsResult::Skipped),
            Err(error) => Err(ServiceError::from(error).into()),
        }
    }
}
