//! A query in windows: cut by the indexes of its files into children of a batch, and put together out of what they left,
//! by the store itself where whole parts lie in one piece. Where many do not, they are sent by children of a second batch.

use std::sync::Arc;

use bytes::Bytes;
use divbase_contract::{
    FailureClass,
    limits::{piece_index_name, piece_name, result_name},
    plan::EngineChoice,
    tasks::{BcftoolsQueryKwargs, TaskFailure},
};
use divbase_db::Sidecar;
use divbase_storage::{Begun, ObjectVersion, Piece, Store, Written};
use divbase_tasks::{Child, ChildEnd, Context, TaskError};
use divbase_vcf::{bgzf::EOF_MARKER, merge::Finding};
use futures::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};

use super::{
    query_parts::{ComposedPart, PieceRange, QueryParts, QueryPartsKwargs, QueryPartsResult},
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
/// Parts, of 32 MiB each, that one task sends, at once.
const PARTS_OF_TASK: usize = 2;

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
    let then = Division {
        windows: of,
        upload: None,
    };
    Ok(Some(ctx.batch::<QueryWindow>(children.collect(), &then)))
}

/// What the query leaves itself to go on with.
#[derive(Serialize, Deserialize)]
struct Division {
    /// Windows that it was cut into.
    windows: u32,
    /// The result, if it is being put together by several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    upload: Option<OpenResult>,
}

/// A result whose parts are sent by several.
#[derive(Clone, Serialize, Deserialize)]
struct OpenResult {
    /// The store's name for the upload.
    upload_id: String,
    /// Bytes of the result.
    size: u64,
    /// Bytes of them before the first window.
    header: u64,
    /// Bytes that were read to begin it.
    read: u64,
}

/// What the children of a query left.
pub(super) struct Answered {
    windows: Vec<Child<WindowResult>>,
    /// The result that was begun, and who sent its parts.
    begun: Option<(OpenResult, Vec<Child<QueryPartsResult>>)>,
}

impl Answered {
    /// What the children of this query left; nothing if it has none.
    ///
    /// # Errors
    /// If the database fails.
    pub(super) async fn of(ctx: &Context<Services>) -> Result<Option<Self>, TaskError> {
        let Some(joined) = ctx.joined::<QueryWindow, Division>().await? else {
            return Ok(None);
        };
        let begun = match joined.then.upload {
            None => None,
            Some(upload) => {
                let parts = ctx.joined::<QueryParts, Division>().await?;
                Some((
                    upload,
                    parts.map(|parts| parts.children).unwrap_or_default(),
                ))
            }
        };
        Ok(Some(Self {
            windows: joined.children,
            begun,
        }))
    }

    /// Whether the result was begun.
    pub(super) fn is_begun(&self) -> bool {
        self.begun.is_some()
    }
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

/// Bytes that were read by those who sent parts.
fn sent(children: Vec<Child<QueryPartsResult>>) -> Result<u64, TaskError> {
    let mut bytes = 0;
    for child in children {
        match child.end {
            ChildEnd::Failed(failure) => return Err(failed(&failure)),
            ChildEnd::Cancelled => {
                return Err(TaskError::user(
                    "A part of the query's result was cancelled.",
                ));
            }
            ChildEnd::Done(QueryPartsResult::Completed { size_bytes }) => bytes += size_bytes,
            // The object was given up: it is not there when it is to be ended.
            ChildEnd::Done(QueryPartsResult::Skipped) => {}
        }
    }
    Ok(bytes)
}

/// Puts the result together, or splits the task once more if that is much.
///
/// # Errors
/// What a window failed with, or database or store fail, or the task should stop, or splits.
pub(super) async fn put_together(
    ctx: &Context<Services>,
    kwargs: &BcftoolsQueryKwargs,
    plan: &Plan,
    job: &Job,
    answered: Answered,
) -> Result<Outcome, TaskError> {
    let begun = match answered.begun {
        Some((upload, children)) => Some((upload, sent(children)?)),
        None => None,
    };
    match ended(answered.windows)? {
        Windows::Declined(reason) => Ok(by_bcftools(ctx, kwargs, (plan, job), &reason).await?),
        Windows::Answered(pieces) => {
            let composition = Composition {
                ctx,
                kwargs,
                plan,
                job,
                pieces,
            };
            let composed = async {
                match begun {
                    Some((upload, sent)) => composition.end(upload, sent).await,
                    None => composition.begin().await,
                }
            };
            tokio::select! {
                composed = composed => composed,
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

/// A result that is put together out of what windows left.
struct Composition<'a> {
    ctx: &'a Context<Services>,
    kwargs: &'a BcftoolsQueryKwargs,
    plan: &'a Plan,
    job: &'a Job,
    pieces: Vec<WindowPiece>,
}

/// The result as the store has it.
struct Stored {
    written: Written,
    sha256: Option<[u8; 32]>,
    /// Bytes of the header, before the first window.
    header: u64,
    /// Bytes that this task read for it.
    read: u64,
    /// Bytes that others read for it.
    sent: u64,
}

impl Composition<'_> {
    fn result(&self) -> String {
        result_name(self.kwargs.job_id, self.kwargs.options.output_type)
    }

    /// Makes the result, or splits the task if others are to send parts of it.
    async fn begin(self) -> Result<Outcome, TaskError> {
        let (ctx, kwargs) = (self.ctx, self.kwargs);
        ctx.progress("putting the windows together", Some(0.0));
        let (objects, header, read) = self.objects().await?;
        let to_send = Store::bytes_to_send(&self.result(), &objects).map_err(ServiceError::from)?;
        if to_send <= ctx.services.settings.compose_bytes {
            let stored = self.alone(&objects, header, read).await?;
            return Ok(self.told(stored).await?);
        }
        let told = self.progress(&objects);
        let store = &ctx.services.store;
        let result = self.result();
        let begun = store.begin_composition(&kwargs.bucket_name, &result, &objects, told);
        let begun = begun.await.map_err(ServiceError::from)?;
        let upload = OpenResult {
            upload_id: begun.upload_id.clone(),
            size: begun.size,
            header,
            read: begun.read + read,
        };
        ctx.add_bytes_read(upload.read);
        let then = Division {
            windows: u32::try_from(self.pieces.len()).unwrap_or(u32::MAX),
            upload: Some(upload),
        };
        Err(ctx.batch::<QueryParts>(self.parts(begun), &then))
    }

    /// Makes the result whose parts others have sent.
    async fn end(self, upload: OpenResult, sent: u64) -> Result<Outcome, TaskError> {
        let (ctx, bucket, result) = (self.ctx, &self.kwargs.bucket_name, self.result());
        ctx.progress("putting the windows together", Some(1.0));
        let store = &ctx.services.store;
        let open = (bucket.as_str(), result.as_str(), upload.upload_id.as_str());
        let written = store.end_composition(open, upload.size).await;
        let stored = match written.map_err(ServiceError::from)? {
            Some(written) => Stored {
                written,
                sha256: None,
                header: upload.header,
                read: 0,
                sent: sent + upload.read,
            },
            // It was given up, or an attempt that was lost has ended it.
            None => {
                super::bcftools_query::clean_up(ctx, self.kwargs).await;
                let (objects, header, read) = self.objects().await?;
                self.alone(&objects, header, read).await?
            }
        };
        Ok(self.told(stored).await?)
    }

    /// What the result is made of, the bytes of its header, and how many were read for that.
    async fn objects(&self) -> Result<(Vec<Piece>, u64, u64), ServiceError> {
        let (ctx, kwargs) = (self.ctx, self.kwargs);
        let work = work(ctx, kwargs, self.result());
        let (header, read) = Native.header(self.job, &work).await?;
        let size = header.len() as u64;
        let objects = (0..).zip(&self.pieces).map(|(window, piece)| {
            Piece::Object(ObjectVersion {
                bucket: kwargs.bucket_name.clone(),
                key: piece_name(kwargs.job_id, window),
                version_id: piece.version_id.clone(),
                etag: piece.etag.clone(),
                size: piece.size_bytes,
            })
        });
        let header = std::iter::once(Piece::Bytes(header.into()));
        let end = std::iter::once(Piece::Bytes(Bytes::from_static(&EOF_MARKER)));
        Ok((header.chain(objects).chain(end).collect(), size, read))
    }

    fn progress(&self, objects: &[Piece]) -> impl Fn(u64) + Send + Sync {
        let ctx = self.ctx.clone();
        let total = objects.iter().map(Piece::size).sum::<u64>().max(1);
        move |done| {
            let share = done as f64 / total as f64;
            ctx.progress("putting the windows together", Some(share));
        }
    }

    async fn alone(
        &self,
        objects: &[Piece],
        header: u64,
        read: u64,
    ) -> Result<Stored, ServiceError> {
        let (store, bucket) = (&self.ctx.services.store, &self.kwargs.bucket_name);
        let told = self.progress(objects);
        let composed = store.compose(bucket, &self.result(), objects, told).await?;
        Ok(Stored {
            written: composed.written,
            sha256: composed.sha256,
            header,
            read: composed.read + read,
            sent: 0,
        })
    }

    /// The children that send what is left.
    fn parts(&self, begun: Begun) -> Vec<QueryPartsKwargs> {
        let range = |(place, range): &(usize, std::ops::Range<u64>)| {
            // The header is the first of all.
            let window = place.checked_sub(1)?;
            let piece = self.pieces.get(window)?;
            Some(PieceRange {
                window: u32::try_from(window).ok()?,
                version_id: piece.version_id.clone(),
                etag: piece.etag.clone(),
                size_bytes: piece.size_bytes,
                begin: range.start,
                end: range.end,
            })
        };
        let tasks = begun.left.chunks(PARTS_OF_TASK).map(|parts| {
            let parts = parts.iter().map(|part| ComposedPart {
                number: part.number,
                ranges: part.ranges.iter().filter_map(range).collect(),
            });
            QueryPartsKwargs {
                query: self.kwargs.job_id,
                bucket_name: self.kwargs.bucket_name.clone(),
                object_key: self.result(),
                upload_id: begun.upload_id.clone(),
                parts: parts.collect(),
            }
        });
        tasks.collect()
    }

    /// Joins what windows told.
    async fn told(self, stored: Stored) -> Result<Outcome, ServiceError> {
        let (ctx, kwargs) = (self.ctx, self.kwargs);
        let (store, bucket) = (&ctx.services.store, &kwargs.bucket_name);
        let mut job = self.job.clone();
        index_all(ctx, self.plan, &mut job).await?;
        let work = work(ctx, kwargs, self.result());
        let mut offset = stored.header;
        let mut windows = Vec::with_capacity(self.pieces.len());
        for (window, piece) in (0..).zip(&self.pieces) {
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
        let names: Vec<&str> = job.inputs.iter().map(Input::key).collect();
        let records = self.pieces.iter().map(|piece| piece.records).sum();
        let of_windows: u64 = self.pieces.iter().map(|piece| piece.bytes_read).sum();
        let note = format!(
            "Windows: {}, which read {of_windows} bytes; {} bytes were read to put them together",
            self.pieces.len(),
            stored.read + stored.sent
        );
        let findings = self.pieces.into_iter().map(|piece| piece.findings);
        let findings = Finding::joined(findings, &names);
        Ok(Outcome {
            engine: Native.name(),
            notes: vec![note],
            warnings: warnings(&findings),
            findings,
            records,
            csi,
            written: stored.written,
            sha256: stored.sha256,
            bytes_read: stored.read + read_of_indexes + read_again,
        })
    }
}
