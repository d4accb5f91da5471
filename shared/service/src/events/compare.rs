//! Follows buckets that tell nothing of their changes, for stores without notifications: compares them with the index.
//!
//! Files that we change ourselves, or gave leave to change, are noted when that is done. Projects with such notes are looked at often,
//! all others once an hour. A round lists each of its buckets; rounds take at most a twentieth of the time, however large they are.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
    time::Duration,
};

use divbase_contract::vcf_keys::{is_result, is_vcf};
use divbase_storage::{CurrentObject, StorageError};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Follower, poll::submit};
use crate::{Services, tasks::periodic::differs};

/// How often every bucket is looked at.
const ALL_EVERY: Duration = Duration::from_secs(3_600);
/// A round is followed by a rest that is so many times as long.
const REST: u32 = 19;

/// Compares and submits until shutdown; `every` is the time between two rounds.
pub(crate) async fn run(
    follower: Follower,
    services: Arc<Services>,
    every: Duration,
    shutdown: CancellationToken,
) {
    tokio::join!(
        compare(&services, every, &shutdown),
        submit(&follower, &shutdown)
    );
}

async fn compare(services: &Services, every: Duration, shutdown: &CancellationToken) {
    let mut asked = Asked::default();
    let mut all_at = Instant::now();
    loop {
        let began = Instant::now();
        let is_all = began >= all_at;
        if is_all {
            all_at = began + ALL_EVERY;
            asked = Asked::default();
        }
        match shutdown
            .run_until_cancelled(round(services, is_all, &mut asked))
            .await
        {
            None => return,
            Some(Ok(())) => {}
            Some(Err(error)) => {
                tracing::warn!(%error, "the buckets could not be compared with the index; the next round goes on");
            }
        }
        let rest = every.max(began.elapsed() * REST);
        if shutdown
            .run_until_cancelled(tokio::time::sleep(rest))
            .await
            .is_none()
        {
            return;
        }
    }
}

/// What was listed when an update was asked for, by project: as long as the bucket is the same, another update would find the same.
#[derive(Default)]
struct Asked(HashMap<i64, u64>);

impl Asked {
    /// Whether nobody has asked about this listing.
    fn is_new(&mut self, project_id: i64, objects: &[CurrentObject]) -> bool {
        let mut hasher = DefaultHasher::new();
        for object in objects
            .iter()
            .filter(|o| is_vcf(&o.key) && !is_result(&o.key))
        {
            (&object.key, &object.version_id).hash(&mut hasher);
        }
        let listing = hasher.finish();
        self.0.insert(project_id, listing) != Some(listing)
    }
}

async fn round(
    services: &Services,
    is_all: bool,
    asked: &mut Asked,
) -> Result<(), divbase_db::DbError> {
    let Services { db, store, .. } = services;
    let projects = match is_all {
        true => db.active_buckets().await?,
        false => db.changing_buckets().await?,
    };
    for (project_id, bucket) in projects {
        match store.current_objects(&bucket).await {
            Ok(objects) => {
                if !differs(&objects, &db.tracked_versions(project_id).await?) {
                    asked.0.remove(&project_id);
                } else if asked.is_new(project_id, &objects) {
                    db.request_index(&[bucket], Duration::ZERO, Duration::ZERO)
                        .await?;
                }
            }
            Err(StorageError::NotFound { .. }) => {
                tracing::error!(project_id, bucket, "the project's bucket does not exist");
            }
            Err(error) => {
                tracing::error!(project_id, %error, "the project's bucket cannot be listed");
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(key: &str, version: &str) -> CurrentObject {
        CurrentObject {
            key: key.to_owned(),
            version_id: version.to_owned(),
            etag: String::new(),
            size: 1,
        }
    }

    /// A file that cannot be indexed differs for ever; its update is not asked for in every round.
    #[test]
    fn an_update_is_asked_for_once_for_the_same_files() {
        let mut asked = Asked::default();
        let one = [object("a.vcf.gz", "1"), object("notes.txt", "1")];
        assert!(asked.is_new(1, &one));
        assert!(!asked.is_new(1, &one));
        assert!(asked.is_new(2, &one), "another project's");
        let noted = [object("a.vcf.gz", "1"), object("notes.txt", "2")];
        assert!(!asked.is_new(1, &noted), "no VCF file has changed");
        assert!(asked.is_new(1, &[object("a.vcf.gz", "2")]));
        assert!(asked.is_new(1, &[]), "it is gone");
    }
}
