//! From notices to updates: notes that a project's files changed, and submits its update when the time has come.

use std::{sync::Arc, time::Duration};

use divbase_contract::{
    tasks::UpdateDimensionsKwargs,
    vcf_keys::{is_result, is_vcf},
};
use divbase_db::{Db, DbError};
use divbase_storage::Store;
use divbase_tasks::{Sender, Submission, Submit, SubmitError, Submitter};

use super::notice::Notice;
use crate::{
    ServiceError,
    tasks::{UpdateDimensions, update_key},
    usage,
};

/// An update waits until nothing more has come for so long.
pub(crate) const QUIET: Duration = Duration::from_secs(1);
/// A stream of events holds it up for at most so long.
const AT_MOST: Duration = Duration::from_secs(10);

/// Follows the events of all buckets. Any number may run at once.
#[derive(Clone)]
pub struct Follower {
    db: Db,
    store: Store,
    submitter: Submitter,
}

impl Follower {
    /// Notes in this database what changes in this store, and submits to these queues.
    #[must_use]
    pub fn new(db: Db, store: Store, sender: Arc<dyn Sender>) -> Self {
        Self {
            submitter: Submitter::new(db.clone(), sender),
            store,
            db,
        }
    }

    /// Notes what these messages say. Once it is back they may be deleted.
    ///
    /// # Errors
    /// If the database fails; then the messages have to come again.
    pub async fn note<'a>(
        &self,
        bodies: impl Iterator<Item = &'a str> + Send,
    ) -> Result<(), DbError> {
        let mut files = Vec::new();
        for body in bodies {
            match Notice::parse(body) {
                Notice::Changed(changed) => files.extend(changed),
                Notice::Test => tracing::info!("a bucket says that it will tell of its changes"),
                Notice::Foreign(reason) => {
                    let begins: String = body.chars().take(200).collect();
                    tracing::warn!(
                        reason,
                        begins,
                        "a message that no bucket sends is thrown away"
                    );
                }
            }
        }
        files.sort();
        files.dedup();
        self.count(&files).await?;
        files.retain(|(_, key)| is_vcf(key) && !is_result(key));
        if files.is_empty() {
            return Ok(());
        }
        let (mut buckets, keys): (Vec<_>, Vec<_>) = files.into_iter().unzip();
        // First: an update that is due at once must not find the wish without the changes.
        self.db.note_changes_in_buckets(&buckets, &keys).await?;
        buckets.sort();
        buckets.dedup();
        let projects = self.db.request_index(&buckets, QUIET, AT_MOST).await?;
        if projects < buckets.len() as u64 {
            tracing::warn!(
                ?buckets,
                projects,
                "events of a bucket that belongs to no project are thrown away"
            );
        }
        Ok(())
    }

    /// Counts what these files take. A store that does not answer keeps no change from being noted: the nightly count mends that.
    async fn count(&self, files: &[(String, String)]) -> Result<(), DbError> {
        for (bucket, key) in files {
            match usage::count_key(&self.db, &self.store, bucket, key).await {
                Ok(_) => {}
                Err(ServiceError::Db(error)) => return Err(error),
                Err(error) => {
                    tracing::warn!(bucket, key, %error, "a file could not be counted");
                }
            }
        }
        Ok(())
    }

    /// Submits the updates that are due; tells how many.
    ///
    /// # Errors
    /// If the database fails; a later round submits them.
    pub async fn submit_due(&self) -> Result<usize, SubmitError> {
        let keys = [update_key::of_users(""), update_key::automatic("")];
        let due = self.db.take_due_updates(&keys).await?;
        let mut made = 0;
        for update in due {
            let key = update_key::automatic(update.project_id);
            let submit = Submit {
                project_id: Some(update.project_id),
                exclusive_key: Some(&key),
                ..Submit::default()
            };
            let kwargs = UpdateDimensionsKwargs {
                bucket_name: update.bucket_name,
                project_id: update.project_id,
                project_name: update.project_name,
                user_id: 0,
            };
            let submitted = self
                .submitter
                .submit::<UpdateDimensions>(submit, |_| kwargs)
                .await?;
            match submitted {
                Submission::Accepted(task_id) => {
                    made += 1;
                    tracing::info!(task_id, project_id = update.project_id, "files changed");
                }
                // Somebody was quicker. That update answers the wish, or the wish is due again.
                Submission::Excluded(_) => {}
            }
        }
        Ok(made)
    }

    /// For a process that ends with its call: waits until what was just noted is due, and submits it.
    ///
    /// # Errors
    /// If the database fails; then the messages have to come again.
    pub async fn submit_noted(&self) -> Result<usize, SubmitError> {
        // A wish that is due later than this was put off by a later event, whose own call sees to it.
        let wait = self.db.next_update_due().await?.unwrap_or_default();
        tokio::time::sleep(wait.min(QUIET)).await;
        self.submit_due().await
    }
}
