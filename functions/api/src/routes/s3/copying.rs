//! A file under another name, made by the store itself. Each step can be done again after whatever broke it off: a copy in parts
//! is found by what it is of, and one that is whole by the version that it says it was made of.

use std::time::{Duration, Instant};

use divbase_contract::{
    copies::CopyProgress,
    field::ObjectKey,
    limits::{BATCH_MAX, MAX_PARTS, PART_BYTES},
};
use divbase_db::{BegunUpload, CopiedVersion};
use divbase_storage::{Copied, ObjectMeta, ObjectVersion, OpenUpload, Refusal, StorageError};
use sha2::{Digest, Sha256};

use super::changes::note_happened;
use crate::{
    AppState,
    detached::to_the_end,
    error::ApiError,
    quota::{arrived, room},
};

/// How long one request copies parts. What fronts the API waits for half a minute.
const PATIENCE: Duration = Duration::from_secs(10);

/// Who copies what to where.
#[derive(Clone, Debug)]
pub(super) struct Copying {
    pub(super) project_id: i64,
    pub(super) user_id: i64,
    pub(super) from: ObjectVersion,
    /// A name that users may write.
    pub(super) to: String,
    pub(super) overwrite: bool,
}

/// A version of a file, or the newest.
///
/// # Errors
/// 404 if it is not there; 400 if it is a folder.
pub(super) async fn source(
    state: &AppState,
    bucket: &str,
    key: &ObjectKey,
    version_id: Option<&str>,
) -> Result<ObjectVersion, ApiError> {
    if key.ends_with('/') {
        return Err(ApiError::bad_request(format!(
            "'{key}' (`from`) is a folder; name files."
        )));
    }
    let missing = || StorageError::NotFound {
        key: key.to_string(),
    };
    let of = |version_id: String, etag: String, size: u64| ObjectVersion {
        bucket: bucket.to_owned(),
        key: key.to_string(),
        version_id,
        etag,
        size,
    };
    let Some(wanted) = version_id else {
        let head = state.store.head(bucket, key).await?.ok_or_else(missing)?;
        let version_id = head.version_id.unwrap_or_else(|| "null".to_owned());
        return Ok(of(version_id, head.etag, head.size));
    };
    let versions = state.store.versions(bucket, key).await?;
    let mut versions = versions.into_iter();
    let found = versions.find(|version| version.version_id == wanted);
    let found = found.ok_or_else(missing)?;
    Ok(of(found.version_id, found.etag, found.size))
}

/// Whether the file that has the new name was made of this version.
pub(super) fn is_copy_of(there: &ObjectMeta, version_id: &str) -> bool {
    there.copied_from.as_deref() == Some(version_id)
}

impl Copying {
    /// Copies, or goes on with it.
    ///
    /// # Errors
    /// 409 if there is another file of the new name; 413 if the project has no room; if store or database fail.
    pub(super) async fn step(self, state: &AppState) -> Result<CopyProgress, ApiError> {
        let bucket = &self.from.bucket;
        match state.store.head(bucket, &self.to).await? {
            Some(there) if is_copy_of(&there, &self.from.version_id) || self.is_itself(&there) => {
                return Ok(self.done(there.version_id));
            }
            Some(_) if !self.overwrite => {
                return Err(ApiError::conflict(format!(
                    "There is a file '{}' (`to`). Choose another name, or `overwrite` it: its versions stay.",
                    self.to
                )));
            }
            _ => {}
        }
        if state.store.is_copied_in_parts(&self.from, PART_BYTES) {
            return self.in_parts(state).await;
        }
        let wanted = [(Some(self.to.as_str()), self.from.size)];
        room(state, self.project_id, &wanted).await?;
        let state = state.clone();
        to_the_end(async move {
            let copied = state.store.copy(&self.from, &self.to).await?;
            self.note(&state, &copied).await?;
            Ok(self.done(copied.version_id))
        })
        .await
    }

    async fn in_parts(self, state: &AppState) -> Result<CopyProgress, ApiError> {
        if self.from.size > MAX_PARTS * PART_BYTES {
            return Err(ApiError::bad_request(format!(
                "The file '{}' (`from`) has {} bytes; at most {} can be copied.",
                self.from.key,
                self.from.size,
                MAX_PARTS * PART_BYTES
            )));
        }
        let (whole, begun) = (self.clone(), state.clone());
        let upload_id = to_the_end(async move { whole.begin(&begun).await }).await?;
        let until = Instant::now() + PATIENCE;
        let copied = state
            .store
            .copy_parts(&self.from, &self.to, &upload_id, PART_BYTES, until)
            .await;
        let bytes = match ended_meanwhile(copied)? {
            Some(bytes) if bytes >= self.from.size => bytes,
            bytes => return Ok(self.under_way(bytes.unwrap_or(0))),
        };
        let state = state.clone();
        to_the_end(async move {
            let completed = state
                .store
                .complete_copy(&self.from, &self.to, &upload_id)
                .await;
            let Some(copied) = ended_meanwhile(completed.map(Some))? else {
                return Ok(self.under_way(bytes));
            };
            let place = (self.from.bucket.as_str(), self.to.as_str());
            arrived(&state, self.project_id, place, &upload_id).await?;
            self.note(&state, &copied).await?;
            Ok(self.done(copied.version_id))
        })
        .await
    }

    /// The store's name for the copy: of one that is under way, or of a new one.
    async fn begin(&self, state: &AppState) -> Result<String, ApiError> {
        let token = self.token();
        let upload = BegunUpload {
            project_id: self.project_id,
            user_id: self.user_id,
            object_key: &self.to,
            bytes: self.from.size,
            resume_token: Some(&token),
        };
        let store = &state.store;
        if let Some(known) = state.db.upload_of_token(&upload).await? {
            let parts = store.parts(&self.from.bucket, &self.to, &known).await?;
            if parts.is_some() {
                return Ok(known);
            }
            state.db.promise_is_kept(self.project_id, &known).await?;
        }
        self.end_unnoted(state).await?;
        let promise = room(state, self.project_id, &[(None, self.from.size)]).await?;
        let upload_id = store.begin_copy(&self.from, &self.to).await?;
        match state
            .db
            .promise_is_for(promise, &upload_id, &upload)
            .await?
        {
            None => Ok(upload_id),
            Some(first) => {
                store
                    .abort_upload(&self.from.bucket, &self.to, &upload_id)
                    .await?;
                Ok(first)
            }
        }
    }

    /// Gives up what was begun under this name and never noted, because a server died in between: nobody could go on with it.
    async fn end_unnoted(&self, state: &AppState) -> Result<(), ApiError> {
        let bucket = &self.from.bucket;
        let of_name = |upload: &OpenUpload| upload.key == self.to;
        let open = state
            .store
            .open_uploads(bucket, &self.to, BATCH_MAX, of_name)
            .await?;
        if open.0.is_empty() {
            return Ok(());
        }
        // Read after the list, so that what has just been begun is noted by now.
        let noted = state.db.noted_uploads(self.project_id).await?;
        let is_noted = |id: &str| noted.iter().any(|noted| noted.upload_id == id);
        for lost in open.0.iter().filter(|open| !is_noted(&open.upload_id)) {
            state
                .store
                .abort_upload(bucket, &self.to, &lost.upload_id)
                .await?;
        }
        Ok(())
    }

    /// Whether what has the new name is the version that would be copied.
    fn is_itself(&self, there: &ObjectMeta) -> bool {
        self.to == self.from.key && there.version_id.as_ref() == Some(&self.from.version_id)
    }

    /// A name for the copy that no client can choose for an upload, because it has a space.
    fn token(&self) -> String {
        let mut hash = Sha256::new();
        for part in [&self.from.key, &self.from.version_id] {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
        format!("copy {}", hex::encode(hash.finalize()))
    }

    /// Takes over what is known of the file, if its ETag shows that the copy has the same content; else the copy is indexed like
    /// any other file.
    async fn note(&self, state: &AppState, copied: &Copied) -> Result<(), ApiError> {
        if let Some(to_version) = &copied.version_id
            && copied.etag == self.from.etag
            && ending(&self.from.key) == ending(&self.to)
        {
            let copied = CopiedVersion {
                project_id: self.project_id,
                from: &self.from.key,
                from_version: &self.from.version_id,
                to: &self.to,
                to_version,
                etag: &copied.etag,
            };
            state.db.copy_facts(copied).await?;
        }
        note_happened(state, self.project_id, &[&self.to]).await?;
        Ok(())
    }

    fn under_way(self, bytes_copied: u64) -> CopyProgress {
        CopyProgress {
            done: false,
            size: self.from.size,
            bytes_copied,
            version_id: None,
            from: self.from.key,
            to: self.to,
        }
    }

    fn done(self, version_id: Option<String>) -> CopyProgress {
        CopyProgress {
            done: true,
            size: self.from.size,
            bytes_copied: self.from.size,
            version_id,
            from: self.from.key,
            to: self.to,
        }
    }
}

/// Nothing, if another request has completed the copy or given it up: the next one finds out which.
fn ended_meanwhile<T>(result: Result<Option<T>, StorageError>) -> Result<Option<T>, StorageError> {
    match result {
        Err(StorageError::Refused {
            code: Refusal::NoSuchUpload,
            ..
        }) => Ok(None),
        other => other,
    }
}

/// What tells the format of a VCF file by its name.
fn ending(key: &str) -> Option<&'static str> {
    [".vcf.gz", ".vcf", ".bcf"]
        .into_iter()
        .find(|ending| key.ends_with(ending))
}
