//! The cleaning of one bucket: what goes, and what became of it.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use divbase_contract::{
    limits::{RESULT_PREFIX, SAMPLE_GROUPS_PREFIX},
    vcf_keys::{is_written_by_service, task_of_piece, task_of_written},
};
use divbase_db::GroupedVersion;
use divbase_storage::{StorageError, StoredVersion};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    expiry::{judge, superseded},
    parts::ProjectBucket,
};
use crate::{
    Services,
    sample_groups::{self, LeftOver},
};

/// Most versions that a report names.
pub(super) const NAMED: usize = 1000;

/// Files from before these instants go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cutoffs {
    /// Results that were written before.
    pub(crate) results_before: DateTime<Utc>,
    /// Files that were deleted before.
    pub(crate) deleted_before: DateTime<Utc>,
    /// Versions that were replaced before; none if it is not said.
    #[serde(default)]
    pub(crate) superseded_before: Option<DateTime<Utc>>,
    /// Whether only to tell.
    #[serde(default)]
    pub(crate) dry_run: bool,
}

/// What was destroyed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Destroyed {
    /// Versions of results, delete markers included.
    pub(crate) result_versions: u64,
    /// Versions of deleted files, without their markers.
    pub(crate) file_versions: u64,
    /// Versions of files that have newer ones.
    #[serde(default)]
    pub(crate) superseded_versions: u64,
    /// Bytes of all of these.
    #[serde(default)]
    pub(crate) bytes: u64,
    /// The versions, at most 1000.
    #[serde(default)]
    pub(crate) versions: Vec<DoomedVersion>,
}

/// A version that is destroyed, or would be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DoomedVersion {
    /// Number of the project.
    pub project_id: i64,
    /// The key.
    pub name: String,
    /// The version.
    pub version_id: String,
    /// Bytes.
    pub size: u64,
}

/// The cleaning of one bucket.
pub(super) struct Sweep<'a> {
    pub(super) services: &'a Services,
    pub(super) project: &'a ProjectBucket,
    pub(super) cutoffs: Cutoffs,
}

impl Sweep<'_> {
    pub(super) async fn clean(
        &self,
        protected: &HashSet<(String, String)>,
        done: &mut Destroyed,
    ) -> Result<(), StorageError> {
        let store = &self.services.store;
        self.abort_uploads_of_queries().await?;
        let mut left_over = self.sample_groups().await?;
        // Whole keys at a time. The last key of a page waits for the next page, so a listing never goes on behind a version
        // that is gone.
        let mut list = store.version_list(&self.project.bucket_name, "");
        while let Some(versions) = list.next().await? {
            self.clean_keys(versions, protected, &mut left_over, done)
                .await?;
        }
        let left: Vec<_> = left_over.versions().collect();
        self.destroy(&left, done).await?;
        done.result_versions += left.len() as u64;
        Ok(())
    }

    /// The sample groups of all versions of files. Listed before the files are, so that groups that are made meanwhile are not
    /// looked at. Uploads of groups that nobody can be at any more are given up, and groups that are lost are forgotten, so that
    /// the next query has them made again.
    async fn sample_groups(&self) -> Result<LeftOver, StorageError> {
        let (services, bucket) = (self.services, &self.project.bucket_name);
        let store = &services.store;
        let known = if self.cutoffs.dry_run {
            Vec::new()
        } else {
            sample_groups::abort_old_uploads(store, bucket, Utc::now()).await?;
            let known = services.db.grouped_versions(self.project.project_id).await;
            known.unwrap_or_else(|error| {
                tracing::warn!(%error, "lost sample groups are not looked for");
                Vec::new()
            })
        };
        let mut list = store.version_list(bucket, SAMPLE_GROUPS_PREFIX);
        let mut groups = LeftOver::default();
        while let Some(versions) = list.next().await? {
            groups.add(versions);
        }
        let is_lost = |version: &GroupedVersion| {
            !groups.has(&sample_groups::name(
                &version.object_key,
                &version.version_id,
            ))
        };
        let lost: Vec<i64> = known
            .iter()
            .filter(|one| is_lost(one))
            .map(|one| one.id)
            .collect();
        if !lost.is_empty()
            && let Err(error) = services.db.forget_groups(&lost).await
        {
            tracing::warn!(%error, "lost sample groups are not forgotten");
        }
        Ok(groups)
    }

    async fn clean_keys(
        &self,
        versions: Vec<StoredVersion>,
        protected: &HashSet<(String, String)>,
        left_over: &mut LeftOver,
        done: &mut Destroyed,
    ) -> Result<(), StorageError> {
        let (bucket, cutoffs) = (&self.project.bucket_name, self.cutoffs);
        let (pieces, others): (Vec<_>, Vec<_>) = versions
            .into_iter()
            .filter(|version| !sample_groups::is_name(&version.key))
            .partition(|version| task_of_piece(&version.key).is_some());
        self.clear_pieces(&pieces, done).await?;
        let (results, files): (Vec<_>, Vec<_>) = others
            .into_iter()
            .partition(|version| is_written_by_service(&version.key));
        let old: Vec<_> = results
            .iter()
            .filter(|version| version.last_modified < cutoffs.results_before)
            .collect();
        self.destroy(&old, done).await?;
        done.result_versions += old.len() as u64;
        for versions in files.chunk_by(|a, b| a.key == b.key) {
            let verdict = judge(versions, cutoffs.deleted_before, protected);
            // If this fails the markers stay, and with them the key stays hidden.
            self.destroy(&verdict.destroy, done).await?;
            done.file_versions += verdict.destroy.len() as u64;
            let mut gone = verdict.destroy.clone();
            if let Some(before) = cutoffs.superseded_before {
                let replaced = superseded(versions, before, protected);
                self.destroy(&replaced, done).await?;
                done.superseded_versions += replaced.len() as u64;
                gone.extend(replaced);
            }
            for version in versions.iter().filter(|one| !gone.contains(one)) {
                left_over.claim(version);
            }
            if cutoffs.dry_run {
                continue;
            }
            if verdict.hide {
                self.services.store.delete(bucket, &versions[0].key).await?;
            }
            let store = &self.services.store;
            store.destroy(bucket, &verdict.markers).await?;
        }
        Ok(())
    }

    /// Destroys what windows of queries left that have ended: those who should have done so were lost.
    async fn clear_pieces(
        &self,
        pieces: &[StoredVersion],
        done: &mut Destroyed,
    ) -> Result<(), StorageError> {
        let ended = self.ended(pieces.iter().map(|piece| &piece.key)).await;
        let left: Vec<_> = pieces.iter().filter(|one| ended.wrote(&one.key)).collect();
        self.destroy(&left, done).await?;
        done.result_versions += left.len() as u64;
        Ok(())
    }

    /// Gives up the uploads of queries that have ended.
    async fn abort_uploads_of_queries(&self) -> Result<(), StorageError> {
        if self.cutoffs.dry_run {
            return Ok(());
        }
        let (store, bucket) = (&self.services.store, &self.project.bucket_name);
        let (uploads, _) = store
            .open_uploads(bucket, RESULT_PREFIX, usize::MAX, |upload| {
                task_of_written(&upload.key).is_some()
            })
            .await?;
        let ended = self.ended(uploads.iter().map(|upload| &upload.key)).await;
        for upload in uploads.iter().filter(|upload| ended.wrote(&upload.key)) {
            store
                .abort_upload(bucket, &upload.key, &upload.upload_id)
                .await?;
        }
        Ok(())
    }

    /// Which of the queries that wrote these keys have ended; none if that cannot be learnt now.
    async fn ended(&self, keys: impl Iterator<Item = &String>) -> EndedQueries {
        let tasks: HashSet<i64> = keys.filter_map(|key| task_of_written(key)).collect();
        if tasks.is_empty() {
            return EndedQueries(tasks);
        }
        let asked: Vec<i64> = tasks.iter().copied().collect();
        match self.services.db.unended_tasks(&asked).await {
            Ok(unended) => {
                let ended = tasks.into_iter().filter(|task| !unended.contains(task));
                EndedQueries(ended.collect())
            }
            Err(error) => {
                tracing::warn!(%error, "what windows left stays until tomorrow");
                EndedQueries(HashSet::new())
            }
        }
    }

    /// Destroys versions, unless it is a dry run, and notes them.
    async fn destroy(
        &self,
        versions: &[&StoredVersion],
        done: &mut Destroyed,
    ) -> Result<(), StorageError> {
        if !self.cutoffs.dry_run {
            let store = &self.services.store;
            store.destroy(&self.project.bucket_name, versions).await?;
        }
        done.bytes += versions.iter().map(|version| version.size).sum::<u64>();
        let room = NAMED.saturating_sub(done.versions.len());
        let named = versions.iter().take(room).map(|version| DoomedVersion {
            project_id: self.project.project_id,
            name: version.key.clone(),
            version_id: version.version_id.clone(),
            size: version.size,
        });
        done.versions.extend(named);
        Ok(())
    }
}

/// Numbers of tasks that have ended.
struct EndedQueries(HashSet<i64>);

impl EndedQueries {
    fn wrote(&self, key: &str) -> bool {
        task_of_written(key).is_some_and(|task| self.0.contains(&task))
    }
}
