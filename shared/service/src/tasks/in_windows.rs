//! A query in windows: cut by the indexes of its files into children of a batch, and put together out of what they left.

mod composition;

use std::sync::Arc;

use divbase_contract::{
    FailureClass,
    limits::result_name,
    plan::EngineChoice,
    tasks::{BcftoolsQueryKwargs, TaskFailure},
};
use divbase_db::Sidecar;
use divbase_tasks::{Child, ChildEnd, TaskError};
use serde::{Deserialize, Serialize};

use self::composition::Composition;
use super::{
    query_parts::{QueryParts, QueryPartsResult},
    query_window::{QueryWindow, QueryWindowKwargs, WindowPiece, WindowResult},
    query_work::work,
};
use crate::{
    Context, Result, ServiceError,
    engine::{EngineError, Job, Native, Outcome, QueryEngine, Stretch},
    query::{Plan, aim, longer_than_a_worker_runs, work_digest},
};

/// Gives every input its index. Says whether there is one for each.
pub(super) async fn index_all(ctx: &Context, plan: &Plan, job: &mut Job) -> Result<bool> {
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
    ctx: &Context,
    kwargs: &BcftoolsQueryKwargs,
    plan: &Plan,
    job: &Job,
) -> Result<Option<TaskError>> {
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
    pub(super) async fn of(ctx: &Context) -> Result<Option<Self>, TaskError> {
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
    ctx: &Context,
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
    ctx: &Context,
    kwargs: &BcftoolsQueryKwargs,
    (plan, job): (&Plan, &Job),
    reason: &str,
) -> Result<Outcome> {
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
