//! An update: compares the bucket with the index and does what differs, until nothing does.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering},
};

use divbase_db::SkipKind;
use divbase_tasks::Context;
use futures::{StreamExt, TryStreamExt, stream};

use super::{Indexed, Plan, index_file, plan};
use crate::{ServiceError, Services};

/// Files that are fetched and read at once.
const AT_ONCE: usize = 4;
/// A bucket that keeps changing is left to the next update after so many rounds.
const ROUNDS: usize = 5;

/// What became of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fate {
    Added,
    Skipped,
    Deleted,
    Faulty(String),
}

/// What an update has seen and done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    fates: BTreeMap<String, Fate>,
    is_empty: bool,
}

/// The same, as lists of keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lists {
    pub(crate) added: Vec<String>,
    pub(crate) skipped: Vec<String>,
    pub(crate) deleted: Vec<String>,
}

impl Seen {
    /// Whether there was nothing to do because there are no VCF files at all.
    pub(crate) fn bucket_is_empty(&self) -> bool {
        self.is_empty && self.fates.is_empty()
    }

    /// The files that this update found to be faulty, with what is wrong, by key.
    pub(crate) fn faulty(&self) -> Vec<(String, String)> {
        self.fates
            .iter()
            .filter_map(|(key, fate)| match fate {
                Fate::Faulty(reason) => Some((key.clone(), reason.clone())),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn into_lists(self) -> Lists {
        let mut lists = Lists::default();
        for (key, fate) in self.fates {
            match fate {
                Fate::Added => lists.added.push(key),
                Fate::Skipped => lists.skipped.push(key),
                Fate::Deleted => lists.deleted.push(key),
                Fate::Faulty(_) => {}
            }
        }
        lists
    }
}

/// Makes the index say what the bucket holds. Files that change meanwhile are looked at again; so are those that
/// another update described wrongly, having begun before they changed.
///
/// # Errors
/// If database or store fail, or the task has to stop. What was done by then stays done.
pub(crate) async fn bring_up_to_date(
    ctx: &Context<Services>,
    bucket: &str,
    project_id: i64,
) -> Result<Seen, ServiceError> {
    let mut seen = Seen::default();
    for _ in 0..ROUNDS {
        ctx.progress("listing files", None);
        let todo = compare(ctx, bucket, project_id).await?;
        seen.is_empty = todo.files == 0;
        if todo.is_empty() {
            break;
        }
        do_round(ctx, bucket, project_id, todo, &mut seen).await?;
    }
    Ok(seen)
}

async fn compare(
    ctx: &Context<Services>,
    bucket: &str,
    project_id: i64,
) -> Result<Plan, ServiceError> {
    let listed = ctx.services.store.current_objects(bucket).await;
    let tracked = ctx.services.db.tracked_versions(project_id).await?;
    Ok(plan(&listed?, &tracked))
}

async fn do_round(
    ctx: &Context<Services>,
    bucket: &str,
    project_id: i64,
    todo: Plan,
    seen: &mut Seen,
) -> Result<(), ServiceError> {
    let db = &ctx.services.db;
    db.forget_files(project_id, &todo.gone).await?;
    for result in &todo.results {
        let (key, version) = (&result.key, &result.version_id);
        db.store_skipped_file(
            project_id,
            key,
            version,
            SkipKind::DivbaseGenerated,
            "divbase_generated",
        )
        .await?;
        seen.fates.insert(key.clone(), Fate::Skipped);
    }
    for (key, indexed) in index_all(ctx, bucket, project_id, &todo).await? {
        let fate = match indexed {
            Indexed::Added => Fate::Added,
            Indexed::Generated => Fate::Skipped,
            Indexed::Invalid(reason) => Fate::Faulty(reason),
            // The next listing will tell what became of it.
            Indexed::Vanished => continue,
        };
        seen.fates.insert(key, fate);
    }
    let gone = todo.gone.into_iter().map(|key| (key, Fate::Deleted));
    seen.fates.extend(gone);
    Ok(())
}

/// Indexes all files of the plan, some at once; gives what became of each.
async fn index_all(
    ctx: &Context<Services>,
    bucket: &str,
    project_id: i64,
    todo: &Plan,
) -> Result<Vec<(String, Indexed)>, ServiceError> {
    let total: u64 = todo.to_index.iter().map(|object| object.size).sum();
    let done = AtomicU64::new(0);
    let done = &done;
    stream::iter(todo.to_index.clone())
        .map(|object| async move {
            ctx.stop.check()?;
            let indexed = index_file(ctx, bucket, project_id, &object).await?;
            let bytes = done.fetch_add(object.size, Ordering::Relaxed) + object.size;
            ctx.progress("indexing files", Some(bytes as f64 / total.max(1) as f64));
            Ok::<_, ServiceError>((object.key, indexed))
        })
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await
}
