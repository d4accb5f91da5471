//! Answers one window of a VCF query: its records, without header and end, as an object that the query's own task puts
//! together with the others, and the index of these records beside it.

use divbase_contract::{
    limits::{piece_index_name, piece_name},
    tasks::BcftoolsQueryKwargs,
};
use divbase_storage::{StoredVersion, VersionKind, Written};
use divbase_tasks::{Policy, Queue, Task, TaskError};
use divbase_vcf::merge::Finding;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::query_work::{asked, job, selection, work};
use crate::{
    Context, Result, ServiceError, Services,
    engine::{EngineError, Native, Outcome, QueryEngine, Stretch},
    query::work_digest,
    tasks::in_windows::index_all,
};

/// The task.
pub(crate) struct QueryWindow;

/// Which window of which query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QueryWindowKwargs {
    /// The task of the query, whose arguments say what is asked.
    pub(crate) query: i64,
    /// The window, from 0.
    pub(crate) window: u32,
    /// Windows of the query.
    pub(crate) of: u32,
    /// From which scaffold and POS to which it reaches.
    #[schema(value_type = Object)]
    pub(crate) stretch: Stretch,
    /// What was to be answered when the query was cut, in hex: what is planned here has to be the same.
    pub(crate) question: String,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "status", rename_all = "snake_case")]
pub(crate) enum WindowResult {
    /// The records lie in the store.
    Completed(WindowPiece),
    /// A record is for bcftools to decide, which answers the query as a whole.
    Declined {
        /// Why.
        reason: String,
    },
    /// Another window had failed, or the query ended.
    Skipped,
}

/// What a window left in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct WindowPiece {
    /// Version of the records.
    pub(crate) version_id: String,
    /// Their ETag.
    pub(crate) etag: String,
    /// Their bytes.
    pub(crate) size_bytes: u64,
    /// Version of their index.
    pub(crate) index_version_id: Option<String>,
    /// How many there are.
    pub(crate) records: u64,
    /// Bytes that were read for them.
    pub(crate) bytes_read: u64,
    /// What files have in common or contradict each other in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    pub(crate) findings: Vec<Finding>,
}

impl Task for QueryWindow {
    const NAME: &'static str = "tasks.query_window";
    const QUEUE: Queue = Queue::Long;
    const POLICY: Policy = Policy::LONG;
    type Services = Services;
    type Kwargs = QueryWindowKwargs;
    type Output = WindowResult;

    async fn run(ctx: Context, kwargs: QueryWindowKwargs) -> Result<WindowResult, TaskError> {
        let db = &ctx.services.db;
        if db.batch_is_lost(kwargs.query).await? {
            return Ok(WindowResult::Skipped);
        }
        let Some(query) = db.task_kwargs(kwargs.query).await? else {
            return Ok(WindowResult::Skipped);
        };
        let query = serde_json::from_value(query).map_err(TaskError::Arguments)?;
        match answer(&ctx, &kwargs, &query).await? {
            Ok(ran) => Ok(store(&ctx, &kwargs, &query, ran).await?),
            Err(reason) => Ok(WindowResult::Declined {
                reason: reason.to_string(),
            }),
        }
    }
}

/// Plans the query again and answers the window, or tells why it is declined.
async fn answer(
    ctx: &Context,
    kwargs: &QueryWindowKwargs,
    query: &BcftoolsQueryKwargs,
) -> Result<Result<Outcome, divbase_vcf::Error>, TaskError> {
    ctx.progress("planning", None);
    let selection = selection(query)?;
    let (request, pins) = asked(query, &selection);
    let plan = request.plan_to_run(ctx, pins, |_| ()).await?;
    let mut job = job(query, &plan, Vec::new());
    let is_indexed = index_all(ctx, &plan, &mut job).await?;
    if !is_indexed || hex::encode(work_digest(&plan)) != kwargs.question {
        return Err(TaskError::user(
            "The index of the project's files changed while the query ran. Please submit it again.",
        ));
    }
    job.window = Some(kwargs.stretch.clone());
    for input in &mut job.inputs {
        input.bytes_to_read /= u64::from(kwargs.of.max(1));
    }
    let work = work(ctx, query, piece_name(kwargs.query, kwargs.window));
    match Native.run(&job, &work).await {
        Ok(ran) => Ok(Ok(ran)),
        Err(EngineError::Declined(reason)) => Ok(Err(reason)),
        Err(error) => Err(ServiceError::from(error).into()),
    }
}

/// Stores the index beside the records.
async fn store(
    ctx: &Context,
    kwargs: &QueryWindowKwargs,
    query: &BcftoolsQueryKwargs,
    ran: Outcome,
) -> Result<WindowResult, TaskError> {
    ctx.add_bytes_read(ran.bytes_read);
    ctx.add_bytes_written(ran.written.size);
    let (store, bucket) = (&ctx.services.store, &query.bucket_name);
    let key = piece_name(kwargs.query, kwargs.window);
    let index_key = piece_index_name(kwargs.query, kwargs.window);
    let index = store.put(bucket, &index_key, ran.csi).await;
    let index = match (index, ctx.stop.check()) {
        (Ok(index), Ok(())) => index,
        (index, stopped) => {
            // Nobody will take it: the next attempt writes its own.
            let written = [
                Some((key, ran.written)),
                index.as_ref().ok().cloned().map(|index| (index_key, index)),
            ];
            take_back(ctx, bucket, written.into_iter().flatten()).await;
            stopped?;
            return Err(ServiceError::from(index.err().ok_or(divbase_tasks::Stopped)?).into());
        }
    };
    Ok(WindowResult::Completed(WindowPiece {
        version_id: version_id(&ran.written),
        etag: ran.written.etag,
        size_bytes: ran.written.size,
        index_version_id: index.version_id,
        records: ran.records,
        bytes_read: ran.bytes_read,
        findings: ran.findings,
    }))
}

fn version_id(written: &Written) -> String {
    written
        .version_id
        .clone()
        .unwrap_or_else(|| "null".to_owned())
}

/// Destroys versions that were written for nothing. What cannot be destroyed now is when the query ends, or by the daily
/// clean-up.
async fn take_back(ctx: &Context, bucket: &str, written: impl Iterator<Item = (String, Written)>) {
    let versions: Vec<StoredVersion> = written
        .map(|(key, written)| StoredVersion {
            key,
            version_id: version_id(&written),
            size: written.size,
            last_modified: chrono::Utc::now(),
            is_latest: true,
            kind: VersionKind::Data,
        })
        .collect();
    let versions: Vec<&StoredVersion> = versions.iter().collect();
    if let Err(error) = ctx.services.store.destroy(bucket, &versions).await {
        tracing::warn!(%error, "what a window wrote could not be taken back");
    }
}
