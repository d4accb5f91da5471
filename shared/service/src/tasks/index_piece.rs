//! Reads one piece of a large file for its index: what is found is left in the store until the update of the index, whose child
//! this is, puts it together with what was found in the other pieces.

use divbase_contract::limits::index_piece_name;
use divbase_storage::ObjectVersion;
use divbase_tasks::{Policy, Priority, Queue, Task, TaskError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Context, Result, ServiceError, Services, index::look_at_piece};

/// The task.
pub(crate) struct IndexPiece;

/// Which piece of which file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct IndexPieceKwargs {
    /// The task that updates the index.
    pub(crate) update: i64,
    /// The project's bucket.
    pub(crate) bucket_name: String,
    /// The file.
    pub(crate) object_key: String,
    /// Its version.
    pub(crate) version_id: String,
    /// The ETag of the version.
    pub(crate) etag: String,
    /// Its bytes.
    pub(crate) size_bytes: u64,
    /// The file, counted from 0 among those that the update indexes in pieces.
    pub(crate) file: u32,
    /// The piece, from 0.
    pub(crate) piece: u32,
    /// The byte of the file with which the piece begins.
    pub(crate) begin: u64,
    /// The byte before which it ends. Lines that begin before are the piece's.
    pub(crate) end: u64,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "status", rename_all = "snake_case")]
pub(crate) enum IndexPieceResult {
    /// What was found lies in the store.
    Completed {
        /// Its version.
        version_id: Option<String>,
        /// Its bytes.
        size_bytes: u64,
    },
    /// The version does not exist any more.
    Vanished,
}

impl Task for IndexPiece {
    const NAME: &'static str = "tasks.index_piece";
    const QUEUE: Queue = Queue::Long;
    const PRIORITY: Priority = Priority::Indexing;
    const POLICY: Policy = Policy::LONG;
    type Services = Services;
    type Kwargs = IndexPieceKwargs;
    type Output = IndexPieceResult;

    async fn run(ctx: Context, kwargs: IndexPieceKwargs) -> Result<IndexPieceResult, TaskError> {
        ctx.progress("reading a piece of a file", None);
        let object = ObjectVersion {
            bucket: kwargs.bucket_name.clone(),
            key: kwargs.object_key,
            version_id: kwargs.version_id,
            etag: kwargs.etag,
            size: kwargs.size_bytes,
        };
        let found = look_at_piece(&ctx, object, kwargs.begin..kwargs.end).await?;
        let Some(found) = found else {
            return Ok(IndexPieceResult::Vanished);
        };
        ctx.stop.check()?;
        let key = index_piece_name(kwargs.update, kwargs.file, kwargs.piece);
        let store = &ctx.services.store;
        let written = store.put(&kwargs.bucket_name, &key, found).await;
        let written = written.map_err(ServiceError::from)?;
        ctx.add_bytes_written(written.size);
        Ok(IndexPieceResult::Completed {
            version_id: written.version_id,
            size_bytes: written.size,
        })
    }
}
