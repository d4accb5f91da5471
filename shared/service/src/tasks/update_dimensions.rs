//! Brings the index of a project's VCF files up to date. Users submit it, and so do object events; then nobody is its
//! submitter, and it only reports what is new.

use std::time::Duration;

use divbase_contract::{
    FailureClass,
    tasks::{UPDATE_DIMENSIONS, UpdateDimensionsKwargs, UpdateDimensionsResult},
};
use divbase_db::tasks::Fence;
use divbase_tasks::{Joined, Policy, Priority, Queue, Task, TaskError};

use super::{
    attempts,
    in_pieces::{self, Divided, Division},
    index_piece::{IndexPiece, IndexPieceResult},
};
use crate::{
    Context, Services,
    index::{Seen, bring_up_to_date},
    reference::judge_project,
};

/// After how long an update that finds another at work comes back for the first time.
const FIRST_LOOK: Duration = Duration::from_secs(1);

/// So many files are named, more are counted.
const NAMED: usize = 20;

/// The task.
pub struct UpdateDimensions;

impl Task for UpdateDimensions {
    const NAME: &'static str = UPDATE_DIMENSIONS;
    const QUEUE: Queue = Queue::Long;
    const PRIORITY: Priority = Priority::Indexing;
    const SCHEDULABLE: bool = true;
    const POLICY: Policy = Policy::LONG;
    type Services = Services;
    type Kwargs = UpdateDimensionsKwargs;
    type Output = UpdateDimensionsResult;

    async fn run(ctx: Context, kwargs: Self::Kwargs) -> Result<Self::Output, TaskError> {
        let joined = ctx.joined::<IndexPiece, Division>().await?;
        let is_joined = joined.is_some();
        let outcome = update(&ctx, &kwargs, joined).await;
        if is_joined && !attempts::tries_again(&ctx, &outcome) {
            attempts::clear(&ctx, &kwargs.bucket_name).await;
        }
        outcome
    }
}

async fn update(
    ctx: &Context,
    kwargs: &UpdateDimensionsKwargs,
    joined: Option<Joined<IndexPieceResult, Division>>,
) -> Result<UpdateDimensionsResult, TaskError> {
    let (db, project_id) = (&ctx.services.db, kwargs.project_id);
    let bucket = &kwargs.bucket_name;
    let has_split = joined.is_some();
    if !has_split {
        let_earlier_end(ctx).await?;
    }
    // Before the bucket is listed: an event that comes later is another update's.
    let wish = db.index_request(project_id).await?;
    let number = db.change_number().await?;
    let mut seen = match joined {
        Some(joined) => in_pieces::put_together(ctx, kwargs, joined).await?,
        None => Seen::default(),
    };
    let large = bring_up_to_date(ctx, bucket, project_id, &mut seen).await?;
    let mut is_left = !large.is_empty();
    if is_left && !has_split {
        match in_pieces::divide(ctx, kwargs, large, seen).await? {
            Divided::Split(split) => return Err(split),
            Divided::Done {
                seen: done,
                is_left: left,
            } => (seen, is_left) = (done, left),
        }
    }
    db.settle_changes(project_id, number, &seen.keys()).await?;
    if is_left {
        // They came while this update put others together, whose pieces theirs would be mixed with if it split again.
        let soon = Duration::ZERO;
        db.request_index(std::slice::from_ref(bucket), soon, soon)
            .await?;
    } else if let Some(number) = wish {
        db.answer_index_request(project_id, number).await?;
    }
    let automatic = ctx.task.user_id.is_none();
    let changed = seen.keys();
    if !automatic || !changed.is_empty() {
        judge_project(&ctx.services, project_id).await?;
    }
    let mut found = Found {
        faulty: if automatic {
            seen.faulty()
        } else {
            db.faulty_files(project_id).await?
        },
        contradicting: db.reference_faults(project_id).await?,
    };
    if automatic {
        let is_new = |(key, _): &(String, String)| changed.contains(key);
        found.contradicting.retain(is_new);
    }
    report(kwargs, seen, found, automatic)
}

/// Two updates of a project at a time would index every file twice. One that finds another at work comes back later, and holds no
/// worker meanwhile: after a second, and then after twice as long each time.
async fn let_earlier_end(ctx: &Context) -> Result<(), TaskError> {
    let Fence { task_id, attempt } = ctx.task.fence;
    if !ctx.services.db.began_earlier(task_id).await? {
        return Ok(());
    }
    let doublings = u32::try_from(attempt.clamp(1, 5) - 1).unwrap_or(0);
    Err(TaskError::Snooze {
        after: FIRST_LOOK * (1 << doublings),
        reason: "an earlier update of the project has not ended".to_owned(),
    })
}

/// Files with something to say about them, and what, by key.
struct Found {
    /// They cannot be used.
    faulty: Vec<(String, String)>,
    /// They contradict the project's reference.
    contradicting: Vec<(String, String)>,
}

/// The result, or what is wrong. What can be indexed is, either way.
fn report(
    kwargs: &UpdateDimensionsKwargs,
    seen: Seen,
    found: Found,
    automatic: bool,
) -> Result<UpdateDimensionsResult, TaskError> {
    if seen.bucket_is_empty() && !automatic {
        return Err(TaskError::User {
            class: FailureClass::NoVcfFiles,
            message: format!(
                "The project '{}' has no VCF files. Upload some with 'divbase-cli files upload' first.",
                kwargs.project_name
            ),
        });
    }
    let lists = seen.into_lists();
    let Found {
        faulty,
        contradicting,
    } = found;
    let mut told = Vec::new();
    if !faulty.is_empty() {
        told.push(format!(
            "{} of the project's VCF files cannot be used; the others are indexed ({}). {}",
            faulty.len(),
            added(&lists.added),
            each(&faulty)
        ));
    }
    if !contradicting.is_empty() {
        told.push(format!(
            "{} of the project's VCF files are indexed but contradict its reference, so that they are not joined with \
             others. {}",
            contradicting.len(),
            each(&contradicting)
        ));
    }
    if !told.is_empty() {
        return Err(TaskError::User {
            class: FailureClass::InvalidVcfFiles,
            message: told.join(" "),
        });
    }
    let some = |keys: Vec<String>| (!keys.is_empty()).then_some(keys);
    Ok(UpdateDimensionsResult {
        status: "completed".to_owned(),
        vcf_files_added: some(lists.added),
        vcf_files_skipped: some(lists.skipped),
        vcf_files_deleted: some(lists.deleted),
    })
}

fn each(files: &[(String, String)]) -> String {
    let each = files.iter();
    let each = each.map(|(key, reason)| format!("'{key}': {reason}"));
    each.collect::<Vec<_>>().join(" ")
}

/// Names the files that are indexed now, as long as that can be read.
fn added(keys: &[String]) -> String {
    match keys {
        [] => "none of them anew".to_owned(),
        keys if keys.len() <= NAMED => format!("anew: '{}'", keys.join("', '")),
        keys => format!("{} of them anew", keys.len()),
    }
}
