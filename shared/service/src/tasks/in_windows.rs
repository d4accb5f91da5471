//! A query in windows: cut by the indexes of its files into children of a batch, and put together out of what they left,
//! by the store itself where whole parts lie in one piece.

use std::sync::Arc;

use bytes::Bytes;
use divbase_contract::{
    FailureClass,
    limits::{piece_index_name, piece_name, result_name},
    plan::EngineChoice,
    tasks::{BcftoolsQueryKwargs, TaskFailure},
};
use divbase_db::Sidecar;
use divbase_storage::{ObjectVersion, Piece};
use divbase_tasks::{Child, ChildEnd, Context, TaskError};
use divbase_vcf::{bgzf::EOF_MARKER, merge::Finding};
use futures::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};

use super::{
    query_window::{QueryWindow, QueryWindowKwargs, WindowPiece, WindowResult},
    query_work::work,
};
use crate::{
    ServiceError, Services,
    engine::{EngineError, Input, Job, Native, Outcome, QueryEngine, Stretch, warnings},
    query::{Plan, aim, longer_than_a_worker_runs, work_digest},
};

/// Larger indexes of pieces are not read.
const LARGEST_INDEX: u64 = 256 << 20;
/// Indexes of pieces that are read at once.
const INDEXES: usize = 16;

/// Gives every input its index. Says whether there is one for each.
pub(super) async fn index_all(
    ctx: &Context<Services>,
    plan: &Plan,
    job: &mut Job,
) -> Result<bool, ServiceError> {
    let files = || plan.inputs.iter().zip(&job.inputs);
    let missing = files().filter(|(_, input)| input.csi.is_none());
    let missing: Vec<i64> = missing.map(|(planned, _)| planned.chosen.file.id).collect();
    if missing.is_empty() {
        return Ok(true);
    }
    let db = &ctx.services.db;
    let mut indexes = db.file_sidecars(&missing, Sidecar::Csi).await?;
    for (planned, input) in plan.inputs.iter().zip(&mut job.inputs) {
        if input.csi.is_none() {
            input.csi = indexes.remove(&planned.chosen.file.id).map(Arc::from);
        }
    }
    Ok(job.inputs.iter().all(|input| input.csi.is_some()))
}

/// The batch that answers the query in windows, if it is to be cut. Nothing is written yet.
///
/// # Errors
/// If the files do not fit each other, or database or store fail.
pub(super) async fn divide(
    ctx: &Context<Services>,
    kwargs: &BcftoolsQueryKwargs,
    plan: &Plan,
    job: &Job,
) -> Result<Option<TaskError>, ServiceError> {
    if plan.windows < 2 {
        return Ok(None);
    }
    ctx.progress("cutting the query into windows", None);
    let mut job = job.clone();
    if !index_all(ctx, plan, &mut job).await? {
        return Ok(None);
    }
    let result = result_name(kwargs.job_id, kwargs.options.output_type);
    let work = work(ctx, kwargs, result);
    let aim = aim(ctx.services.settings.windows, job.inputs.len());
    let edges = match Native.edges(&job, &work, aim).await {
        Ok((edges, read)) => {
            ctx.add_bytes_read(read);
            edges
        }
        // It is so as a whole, too, and then bcftools may be asked.
        Err(EngineError::Declined(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    if edges.is_empty() {
        return Ok(None);
    }
    let question = hex::encode(work_digest(plan));
    let stretches = Stretch::between(&edges);
    let of = u32::try_from(stretches.len()).unwrap_or(u32::MAX);
    let children = (0..)
        .zip(stretches)
        .map(|(window, stretch)| QueryWindowKwargs {
            query: kwargs.job_id,
            window,
            of,
            stretch,
            question: question.clone(),
        });
    let then = Division { windows: of };
    Ok(Some(ctx.batch::<QueryWindow>(children.collect(), &then)))
}

/// What the query leaves itself to go on with.
#[derive(Serialize, Deserialize)]
pub(super) struct Division {
    /// Windows that it was cut into.
    pub(super) windows: u32,
}

/// What the windows came to.
enum Windows {
    /// All were answered.
    Answered(Vec<WindowPiece>),
    /// One was declined.
    Declined(String),
}

fn ended(children: Vec<Child<WindowResult>>) -> Result<Windows, TaskError> {
    let (mut pieces, mut declined, mut is_lost) = (Vec::new(), None, false);
    for child in children {
        match child.end {
            // The first in the order of the result tells why.
            ChildEnd::Failed(failure) => return Err(failed(&failure)),
            ChildEnd::Cancelled => {
                return Err(TaskError::user("A window of the query was cancelled."));
            }
            ChildEnd::Done(WindowResult::Completed(piece)) => pieces.push(piece),
            ChildEnd::Done(WindowResult::Declined { reason }) => {
                declined.get_or_insert(reason);
            }
            ChildEnd::Done(WindowResult::Skipped) => is_lost = true,
        }
    }
    match declined {
        Some(reason) => Ok(Windows::Declined(reason)),
        // It saw a sibling fail that has succeeded by now.
        None if is_lost => Err(TaskError::user(
            "A window of the query was passed over. Please submit the query again.",
        )),
        None => Ok(Windows::Answered(pieces)),
    }
}

/// The failure of a window is that of the query.
fn failed(failure: &TaskFailure) -> TaskError {
    TaskError::User {
        class: FailureClass::parse(&failure.exc_type).unwrap_or(FailureClass::TaskUser),
        message: failure.exc_message.join(" "),
    }
}

/// Puts the result together.
///
/// # Errors
/// What a window failed with, or database or store fail, or the task should stop.
pub(super) async fn put_together(
    ctx: &Context<Services>,
    kwargs: &BcftoolsQueryKwargs,
    plan: &Plan,
    job: &Job,
    children: Vec<Child<WindowResult>>,
) -> Result<Outcome, TaskError> {
    match ended(children)? {
        Windows::Declined(reason) => Ok(by_bcftools(ctx, kwargs, (plan, job), &reason).await?),
        Windows::Answered(pieces) => {
            tokio::select! {
                composed = compose(ctx, kwargs, plan, job, pieces) => Ok(composed?),
                _ = ctx.stop.stopped() => Err(TaskError::Stopped),
            }
        }
    }
}

/// A record is for bcftools to decide, which sees all of them.
async fn by_bcftools(
    ctx: &Context<Services>,
    kwargs: &BcftoolsQueryKwargs,
    (plan, job): (&Plan, &Job),
    reason: &str,
) -> Result<Outcome, ServiceError> {
    let services = &ctx.services;
    if !services.settings.has_bcftools || kwargs.options.engine != EngineChoice::Auto {
        return Err(ServiceError::Refused {
            class: FailureClass::BcftoolsCommand,
            message: format!(
                "This query needs bcftools, which does not answer here: {} declines because {reason}. Change the command \
                 so that it is not needed.",
                Native.name()
            ),
        });
    }
    // This worker was chosen for one that puts windows together.
    if let Some(minutes) = longer_than_a_worker_runs(plan) {
        return Err(ServiceError::Refused {
            class: FailureClass::BcftoolsCommand,
            message: format!(
                "This query needs bcftools, as {} declines because {reason}, and bcftools would take about {minutes:.0} minutes \
                 for all of it, longer than a worker may run. Ask for regions with -r, or submit it with the engine bcftools, \
                 which workers for heavy tasks run if there are any.",
                Native.name()
            ),
        });
    }
    let result = result_name(kwargs.job_id, kwargs.options.output_type);
    let work = work(ctx, kwargs, result);
    let engine = services.engines.of(EngineChoice::Bcftools);
    let mut ran = engine.run(job, &work).await?;
    let note = format!(
        "{} declined: {reason}; {} ran instead",
        Native.name(),
        ran.engine
    );
    ran.notes.insert(0, note);
    Ok(ran)
}

async fn compose(
    ctx: &Context<Services>,
    kwargs: &BcftoolsQueryKwargs,
    plan: &Plan,
    job: &Job,
    pieces: Vec<WindowPiece>,
) -> Result<Outcome, ServiceError> {
    ctx.progress("putting the windows together", Some(0.0));
    let (store, bucket) = (&ctx.services.store, &kwargs.bucket_name);
    let mut job = job.clone();
    index_all(ctx, plan, &mut job).await?;
    let result = result_name(kwargs.job_id, kwargs.options.output_type);
    let work = work(ctx, kwargs, result.clone());
    let (header, read_of_header) = Native.header(&job, &work).await?;
    let (mut offset, mut windows) = (header.len() as u64, Vec::with_capacity(pieces.len()));
    for (window, piece) in (0..).zip(&pieces) {
        let key = piece_index_name(kwargs.job_id, window);
        windows.push((key, piece.index_version_id.clone(), offset));
        offset += piece.size_bytes;
    }
    let indexes: Vec<(Vec<u8>, u64)> = stream::iter(windows)
        .map(|(key, version, offset)| async move {
            let index = store.read(bucket, &key, version.as_deref(), LARGEST_INDEX);
            Ok::<_, ServiceError>((index.await?, offset))
        })
        .buffered(INDEXES)
        .try_collect()
        .await?;
    let read_of_indexes: u64 = indexes.iter().map(|(index, _)| index.len() as u64).sum();
    let (csi, read_again) = Native.joined_csi(&job, &work, indexes).await?;
    let objects = (0..).zip(&pieces).map(|(window, piece)| {
        Piece::Object(ObjectVersion {
            bucket: bucket.clone(),
            key: piece_name(kwargs.job_id, window),
            version_id: piece.version_id.clone(),
            etag: piece.etag.clone(),
            size: piece.size_bytes,
        })
    });
    let header = std::iter::once(Piece::Bytes(header.into()));
    let end = std::iter::once(Piece::Bytes(Bytes::from_static(&EOF_MARKER)));
    let all: Vec<Piece> = header.chain(objects).chain(end).collect();
    let total = all.iter().map(Piece::size).sum::<u64>().max(1);
    let composed = store
        .compose(bucket, &result, &all, |done| {
            let share = done as f64 / total as f64;
            ctx.progress("putting the windows together", Some(share));
        })
        .await?;
    let names: Vec<&str> = job.inputs.iter().map(Input::key).collect();
    let records = pieces.iter().map(|piece| piece.records).sum();
    let of_windows: u64 = pieces.iter().map(|piece| piece.bytes_read).sum();
    let note = format!(
        "Windows: {}, which read {of_windows} bytes; {} bytes were read to put them together",
        pieces.len(),
        composed.read
    );
    let findings = Finding::joined(pieces.into_iter().map(|piece| piece.findings), &names);
    Ok(Outcome {
        engine: Native.name(),
        notes: vec![note],
        warnings: warnings(&findings),
        findings,
        records,
        csi,
        written: composed.written,
        sha256: composed.sha256,
        bytes_read: composed.read + read_of_header + read_of_indexes + read_again,
    })
}
