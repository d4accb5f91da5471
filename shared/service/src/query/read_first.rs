//! Reading files that a query needs and nobody has looked at.

use divbase_db::{FileVersion, Standing};
use divbase_storage::ObjectVersion;
use futures::{StreamExt, TryStreamExt, stream};

use super::{
    candidates::{Candidates, Faulty, Unread},
    choose::Wanted,
    pin::object,
};
use crate::{
    Context, Result, ServiceError,
    index::{Indexed, index_version, samples_of},
};

/// Files that are read at once.
const AT_ONCE: usize = 4;

/// What is said of a version that cannot be read any more.
const VANISHED: &str = "this version was deleted for good.";

/// Reads the files that nobody has looked at, as far as the query needs them: all, or those whose header names one of
/// the samples.
///
/// # Errors
/// If database or store fail, or the task should stop.
pub(crate) async fn read_first(
    ctx: &Context,
    bucket: &str,
    project_id: i64,
    candidates: &mut Candidates,
    wanted: &Wanted,
) -> Result<()> {
    let unread = std::mem::take(&mut candidates.unread);
    let found: Vec<(Unread, Found)> = stream::iter(unread)
        .map(|unread| async move {
            ctx.stop.check()?;
            let version = object(bucket, &unread.pin);
            let found = read(ctx, project_id, &version, wanted).await?;
            Ok::<_, ServiceError>((unread, found))
        })
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    let (mut keys, mut versions) = (Vec::new(), Vec::new());
    for (unread, found) in found {
        match found {
            Found::Usable => {
                keys.push(unread.pin.key);
                versions.push(unread.pin.version_id);
            }
            Found::NotNeeded => {}
            Found::Faulty(reason) => candidates.faulty.push(Faulty {
                key: unread.pin.key,
                reason,
                older: unread.older,
            }),
        }
    }
    let db = &ctx.services.db;
    for version in db.file_versions(project_id, &keys, &versions).await? {
        if let FileVersion::Vcf(version) = version {
            candidates.usable.push(version);
        }
    }
    let usable = &mut candidates.usable;
    usable.sort_by(|a, b| a.object_key.cmp(&b.object_key));
    candidates.faulty.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(())
}

/// What a file turned out to be.
enum Found {
    Usable,
    NotNeeded,
    Faulty(String),
}

async fn read(
    ctx: &Context,
    project_id: i64,
    version: &ObjectVersion,
    wanted: &Wanted,
) -> Result<Found> {
    if wanted.names().is_some() {
        // A header that cannot be read is told of below.
        let samples = samples_of(ctx, version.clone()).await?;
        if samples.is_some_and(|samples| !wanted.wants_any(&samples)) {
            return Ok(Found::NotNeeded);
        }
    }
    Ok(
        match index_version(ctx, project_id, version, Standing::Pinned).await? {
            Indexed::Added => Found::Usable,
            Indexed::Generated => Found::NotNeeded,
            Indexed::Faulty(reason) => Found::Faulty(reason),
            Indexed::Vanished => Found::Faulty(VANISHED.to_owned()),
        },
    )
}
