//! An update: compares the bucket with the index and does what differs, until nothing does.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering},
};

use divbase_db::{NewContent, NewFileVersion, Standing, Verdict};
use divbase_storage::{CurrentObject, ObjectVersion};
use futures::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};

use super::{Indexed, Plan, index_version, plan};
use crate::{Context, Result, ServiceError};

/// Files that are fetched and read at once.
const AT_ONCE: usize = 4;
/// A bucket that keeps changing is left to the next update after so many rounds.
const ROUNDS: usize = 5;

/// What became of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Fate {
    Added,
    Skipped,
    Deleted,
    Faulty(String),
}

/// What an update has seen and done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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

    /// Notes what became of a file.
    pub(crate) fn note(&mut self, key: String, indexed: Indexed) {
        let fate = match indexed {
            Indexed::Added => Fate::Added,
            Indexed::Generated => Fate::Skipped,
            Indexed::Faulty(reason) => Fate::Faulty(reason),
            // The next listing will tell what became of it.
            Indexed::Vanished => return,
        };
        self.fates.insert(key, fate);
    }

    /// The keys of all files that had changed.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.fates.keys().cloned().collect()
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

/// Makes the index say what the bucket holds, but for large files that nobody has looked at: it gives these. Files that change
/// meanwhile are looked at again; so are those that another update described wrongly, having begun before they changed.
///
/// # Errors
/// If database or store fail, or the task has to stop. What was done by then stays done.
pub(crate) async fn bring_up_to_date(
    ctx: &Context,
    bucket: &str,
    project_id: i64,
    seen: &mut Seen,
) -> Result<Vec<CurrentObject>> {
    let mut large = Vec::new();
    for _ in 0..ROUNDS {
        ctx.progress("listing files", None);
        let todo = compare(ctx, bucket, project_id).await?;
        seen.is_empty = todo.files == 0;
        if todo.is_done(&large) {
            large.retain(|object| todo.to_index.contains(object));
            break;
        }
        large = do_round(ctx, bucket, project_id, todo, seen).await?;
    }
    Ok(large)
}

async fn compare(ctx: &Context, bucket: &str, project_id: i64) -> Result<Plan> {
    let listed = ctx.services.store.current_objects(bucket).await;
    let tracked = ctx.services.db.tracked_versions(project_id).await?;
    Ok(plan(&listed?, &tracked))
}

async fn do_round(
    ctx: &Context,
    bucket: &str,
    project_id: i64,
    todo: Plan,
    seen: &mut Seen,
) -> Result<Vec<CurrentObject>> {
    let db = &ctx.services.db;
    db.forget_files(project_id, &todo.gone).await?;
    for result in &todo.results {
        let new = NewFileVersion {
            object_key: &result.key,
            version_id: &result.version_id,
            etag: &result.etag,
            size_bytes: result.size,
            content: NewContent::Result,
        };
        db.store_file_version(project_id, &new, Standing::Present)
            .await?;
        seen.fates.insert(result.key.clone(), Fate::Skipped);
    }
    let unknown = make_known_present(ctx, project_id, &todo, seen).await?;
    let most = ctx.services.settings.index_piece;
    let (large, others): (Vec<_>, Vec<_>) =
        unknown.into_iter().partition(|object| object.size > most);
    for (key, indexed) in index_all(ctx, bucket, project_id, &others).await? {
        seen.note(key, indexed);
    }
    let gone = todo.gone.into_iter().map(|key| (key, Fate::Deleted));
    seen.fates.extend(gone);
    Ok(large)
}

/// Versions that were looked at before, for a query or as what a restored file was before, need not be read again.
/// Gives the rest.
async fn make_known_present(
    ctx: &Context,
    project_id: i64,
    todo: &Plan,
    seen: &mut Seen,
) -> Result<Vec<CurrentObject>> {
    let objects = todo.to_index.iter();
    let (keys, versions): (Vec<_>, Vec<_>) = objects
        .map(|object| (object.key.clone(), object.version_id.clone()))
        .unzip();
    let db = &ctx.services.db;
    let known = db.make_known_present(project_id, &keys, &versions).await?;
    let fates: BTreeMap<String, Fate> = known
        .into_iter()
        .map(|(key, verdict)| {
            let fate = match verdict {
                Verdict::Vcf => Fate::Added,
                Verdict::Result => Fate::Skipped,
                Verdict::Faulty(reason) => Fate::Faulty(reason),
            };
            (key, fate)
        })
        .collect();
    let unknown = todo.to_index.iter();
    let unknown = unknown.filter(|object| !fates.contains_key(&object.key));
    let unknown = unknown.cloned().collect();
    seen.fates.extend(fates);
    Ok(unknown)
}

/// Indexes files, some at once; gives what became of each.
async fn index_all(
    ctx: &Context,
    bucket: &str,
    project_id: i64,
    objects: &[CurrentObject],
) -> Result<Vec<(String, Indexed)>> {
    let total: u64 = objects.iter().map(|object| object.size).sum();
    let done = AtomicU64::new(0);
    let done = &done;
    stream::iter(objects.to_vec())
        .map(|object| async move {
            ctx.stop.check()?;
            let indexed = index_one(ctx, bucket, project_id, &object).await?;
            let bytes = done.fetch_add(object.size, Ordering::Relaxed) + object.size;
            ctx.progress("indexing files", Some(bytes as f64 / total.max(1) as f64));
            Ok::<_, ServiceError>((object.key, indexed))
        })
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await
}

/// Indexes the newest version of a file, reading it as a whole.
pub(crate) async fn index_one(
    ctx: &Context,
    bucket: &str,
    project_id: i64,
    object: &CurrentObject,
) -> Result<Indexed> {
    let version = ObjectVersion {
        bucket: bucket.to_owned(),
        key: object.key.clone(),
        version_id: object.version_id.clone(),
        etag: object.etag.clone(),
        size: object.size,
    };
    index_version(ctx, project_id, &version, Standing::Present).await
}
