//! Keeps the columns of a file's samples by groups, so that queries of few of many samples need not read the columns of all.
//! Submitted when such a query is; nobody waits for it. A large file is cut where its index says that records begin, each part is
//! made by a child of a batch, and the store puts them together.

use std::sync::Arc;

use divbase_contract::limits::piece_name;
use divbase_db::Sidecar;
use divbase_storage::{ObjectVersion, Piece, Written};
use divbase_tasks::{Child, ChildEnd, Policy, Priority, Queue, Stop, Task, TaskError};
use divbase_vcf::{groups::Directory, index::Index, reader::Span};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    attempts,
    sample_groups_part::{
        Part, PartOf, SampleGroupsPart, SampleGroupsPartKwargs, SampleGroupsPartResult,
    },
};
use crate::{
    Context, Result, ServiceError, Services,
    sample_groups::{self, SampleGroups},
};

/// Groups are kept if so many of ten records are in them; the others are read in the file.
const WORTH: u64 = 5;

/// The task.
pub struct MakeSampleGroups;

/// Of which version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MakeSampleGroupsKwargs {
    /// The project.
    pub project_id: i64,
    /// Its bucket.
    pub bucket_name: String,
    /// The row of the version.
    pub file_version_id: i64,
    /// The key.
    pub object_key: String,
    /// The version.
    pub version_id: String,
    /// Its ETag.
    pub etag: String,
    /// Its bytes.
    pub size_bytes: u64,
}

impl MakeSampleGroupsKwargs {
    /// The key by which two tasks for one version exclude each other while they are unfinished.
    #[must_use]
    pub fn exclusive_key(&self) -> String {
        format!("sample-groups:{}", self.file_version_id)
    }
}

/// What was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MadeSampleGroups {
    /// Whether there are groups now; if not, the version is gone, too few of its records could be kept, or it would take too long.
    pub made: bool,
    /// Records of the file.
    pub records: u64,
    /// Those of them that are kept by groups.
    pub records_in_groups: u64,
    /// Bytes of the groups.
    pub bytes: u64,
}

impl Task for MakeSampleGroups {
    const NAME: &'static str = "tasks.make_sample_groups";
    const QUEUE: Queue = Queue::Long;
    const POLICY: Policy = Policy::LONG;
    const PRIORITY: Priority = Priority::Housekeeping;
    type Services = Services;
    type Kwargs = MakeSampleGroupsKwargs;
    type Output = MadeSampleGroups;

    async fn run(ctx: Context, kwargs: Self::Kwargs) -> Result<Self::Output, TaskError> {
        let (db, id) = (&ctx.services.db, kwargs.file_version_id);
        let joined = ctx.joined::<SampleGroupsPart, ()>().await?;
        let known = db.file_sidecars(&[id], Sidecar::Groups).await?;
        if known.contains_key(&id) {
            if joined.is_some() {
                attempts::clear(&ctx, &kwargs.bucket_name).await;
            }
            return Ok(MadeSampleGroups::default());
        }
        ctx.progress("making sample groups", None);
        let name = sample_groups::name(&kwargs.object_key, &kwargs.version_id);
        let in_parts = joined.is_some();
        let made = match joined {
            Some(joined) => put_together(&ctx, &kwargs, &name, joined.children).await,
            None => match cut(&ctx, &kwargs).await? {
                Some(split) => return Err(split),
                None => whole(&ctx, &kwargs, &name).await,
            },
        };
        // Another attempt would take as long, and so would the tasks of all queries to come.
        let is_too_long = ctx.stop.reason() == Some(Stop::SoftLimit);
        let made = match made {
            Err(_) if is_too_long => {
                tracing::warn!(
                    key = kwargs.object_key,
                    "sample groups take too long to make"
                );
                Ok(None)
            }
            made => made,
        };
        if !matches!(made, Ok(Some(_))) && (ctx.stop.reason().is_none() || is_too_long) {
            let store = &ctx.services.store;
            if let Err(error) = sample_groups::take_back(store, &kwargs.bucket_name, &name).await {
                tracing::warn!(%error, "what the task wrote is left to the daily clean-up");
            }
        }
        if in_parts && !attempts::tries_again(&ctx, &made) {
            attempts::clear(&ctx, &kwargs.bucket_name).await;
        }
        let made = made?;
        let kept = made
            .as_ref()
            .map(SampleGroups::to_bytes)
            .unwrap_or_default();
        db.store_sidecar(id, Sidecar::Groups, &kept).await?;
        Ok(made.map_or_else(MadeSampleGroups::default, |groups| {
            let (records, records_in_groups) = groups.directory.records();
            MadeSampleGroups {
                made: true,
                records,
                records_in_groups,
                bytes: groups.object.size,
            }
        }))
    }
}

fn part_of(kwargs: &MakeSampleGroupsKwargs) -> PartOf {
    PartOf {
        bucket_name: kwargs.bucket_name.clone(),
        object_key: kwargs.object_key.clone(),
        version_id: kwargs.version_id.clone(),
        etag: kwargs.etag.clone(),
        size_bytes: kwargs.size_bytes,
    }
}

/// The batch that makes the groups in parts, if the file is large and its index tells where it can be cut.
async fn cut(
    ctx: &Context,
    kwargs: &MakeSampleGroupsKwargs,
) -> Result<Option<TaskError>, TaskError> {
    let each = ctx.services.settings.index_piece;
    if kwargs.size_bytes <= each {
        return Ok(None);
    }
    let id = kwargs.file_version_id;
    let mut indexes = ctx.services.db.file_sidecars(&[id], Sidecar::Csi).await?;
    let index = indexes.remove(&id).map(|csi| Index::parse(&csi));
    let Some(Ok(index)) = index else {
        return Ok(None);
    };
    let places = index.places(each);
    if places.is_empty() {
        return Ok(None);
    }
    let places = places.into_iter().map(|place| place.0);
    let begins = std::iter::once(0).chain(places.clone());
    let ends = places.map(Some).chain([None]);
    let children = (0..)
        .zip(begins.zip(ends))
        .map(|(part, (begin, end))| SampleGroupsPartKwargs {
            making: ctx.task.fence.task_id,
            of: part_of(kwargs),
            part,
            begin,
            end,
        });
    let children = children.collect();
    Ok(Some(ctx.batch::<SampleGroupsPart>(children, &())))
}

/// Makes the groups of the file in one go; nothing if they are not worth having or the version is gone.
async fn whole(
    ctx: &Context,
    kwargs: &MakeSampleGroupsKwargs,
    name: &str,
) -> Result<Option<SampleGroups>, TaskError> {
    let part = Part {
        of: part_of(kwargs),
        span: Span::ALL,
        name: name.to_owned(),
    };
    let Some((made, written)) = part.make(ctx).await? else {
        return Ok(None);
    };
    Ok(groups(kwargs, name, made.directory, written))
}

/// Puts the parts together; nothing if one was not made, or the groups are not worth having.
async fn put_together(
    ctx: &Context,
    kwargs: &MakeSampleGroupsKwargs,
    name: &str,
    children: Vec<Child<SampleGroupsPartResult>>,
) -> Result<Option<SampleGroups>, TaskError> {
    let (mut pieces, mut parts) = (Vec::new(), Vec::new());
    for (part, child) in (0..).zip(children) {
        let made = match child.end {
            ChildEnd::Done(SampleGroupsPartResult::Completed(made)) => made,
            ChildEnd::Done(SampleGroupsPartResult::NotMade) | ChildEnd::Failed(_) => {
                return Ok(None);
            }
            ChildEnd::Cancelled => {
                return Err(TaskError::user(
                    "A part of the sample groups was cancelled.",
                ));
            }
        };
        let directory = hex::decode(&made.directory).ok();
        let Some(directory) = directory.and_then(|bytes| Directory::parse(&bytes)) else {
            return Ok(None);
        };
        parts.push((directory, made.size_bytes));
        pieces.push(Piece::Object(ObjectVersion {
            bucket: kwargs.bucket_name.clone(),
            key: piece_name(ctx.task.fence.task_id, part),
            version_id: made.version_id,
            etag: made.etag,
            size: made.size_bytes,
        }));
    }
    let Some(directory) = Directory::joined(parts) else {
        return Ok(None);
    };
    let (store, bucket) = (&ctx.services.store, &kwargs.bucket_name);
    let total = pieces.iter().map(Piece::size).sum::<u64>().max(1);
    let told = |done: u64| {
        let share = done as f64 / total as f64;
        ctx.progress("putting sample groups together", Some(share));
    };
    let composed = tokio::select! {
        composed = store.compose(bucket, name, &pieces, told) => composed,
        _ = ctx.stop.stopped() => return Err(TaskError::Stopped),
    };
    let composed = composed.map_err(ServiceError::from)?;
    ctx.add_bytes_read(composed.read);
    ctx.add_bytes_written(composed.written.size);
    Ok(groups(kwargs, name, directory, composed.written))
}

/// The groups, if they are worth having.
fn groups(
    kwargs: &MakeSampleGroupsKwargs,
    name: &str,
    directory: Directory,
    written: Written,
) -> Option<SampleGroups> {
    let (records, kept) = directory.records();
    let is_kept = directory.to_bytes().is_some();
    if !is_kept || kept.saturating_mul(10) < records.saturating_mul(WORTH) {
        return None;
    }
    Some(SampleGroups {
        object: ObjectVersion {
            bucket: kwargs.bucket_name.clone(),
            key: name.to_owned(),
            version_id: written.version_id.unwrap_or_else(|| "null".to_owned()),
            etag: written.etag,
            size: written.size,
        },
        directory: Arc::new(directory),
    })
}
