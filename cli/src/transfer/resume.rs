//! What became of an earlier, interrupted upload of the same file: which of its parts the store has, and whether they are what
//! the file has in their places now.

use std::collections::BTreeMap;

use chrono::Utc;
use divbase_contract::{
    field::{ResumeToken, UploadId},
    limits::PART_BYTES,
    multipart::{
        AbortUpload, CreateUpload, CreatedUpload, PartsRequest, SentPart, StoredPart, StoredParts,
    },
};
use serde_json::Value;
use uuid::Uuid;

use super::{
    TransferError,
    checksum::{Checksum, Form},
    journal::{Entry, Journal},
    multipart::{checked, number},
    upload::Upload,
};
use crate::{app::ProjectApi, output};

/// An upload that is open at the store.
pub(super) struct Open {
    pub(super) id: UploadId,
    /// Parts that are there and right, by number.
    pub(super) has: BTreeMap<u64, SentPart>,
    pub(super) journal: Option<Journal>,
}

/// Goes on with what was begun before, or begins.
pub(super) async fn begin(at: &ProjectApi, upload: &Upload) -> Result<Open, TransferError> {
    let mut journal = journal(at, upload.key.as_str());
    let known = journal
        .as_ref()
        .and_then(|journal| journal.entry().cloned());
    let known = match known {
        Some(known) if known.fits(upload) => Some(known),
        Some(other) => {
            // The file has another size now: nothing that was sent is of use.
            give_up(at, &other).await?;
            None
        }
        None => None,
    };
    let mut entry = match known {
        Some(known) => known,
        None => new_entry(at, upload)?,
    };
    entry.path.clone_from(&upload.named);
    remember(&mut journal, &entry);
    let created = create(at, &entry).await?;
    entry.upload_id = Some(created.upload_id.clone());
    remember(&mut journal, &entry);
    let id: UploadId = checked(created.upload_id)?;
    let mut has = BTreeMap::new();
    if created.resumed {
        has = right(upload, stored(at, upload, &id).await?).await?;
        output::remark(&format!(
            "'{}': the upload of {} goes on; {} of {} parts have come.",
            output::name(upload.key.as_str()),
            output::time::of_file(entry.begun_at),
            has.len(),
            upload.size.div_ceil(PART_BYTES)
        ));
    }
    Ok(Open { id, has, journal })
}

/// Whether an upload of this file was under way here. What is remembered of it is forgotten, and what is left of it at the
/// store is given up: the project has the file by now.
///
/// # Errors
/// What the API says.
pub async fn settle(at: &ProjectApi, upload: &Upload) -> Result<bool, TransferError> {
    let journal = journal(at, upload.key.as_str());
    let known = journal
        .as_ref()
        .and_then(|journal| journal.entry().cloned());
    let Some(known) = known else {
        return Ok(false);
    };
    if known.upload_id.is_some() {
        give_up(at, &known).await?;
    }
    if let Some(journal) = journal {
        journal.forget();
    }
    Ok(true)
}

/// Gives an upload up at the store.
///
/// # Errors
/// What the API says. One that is not open any more is no error.
pub async fn abort(at: &ProjectApi, name: &str, upload_id: &str) -> Result<(), TransferError> {
    let abort = AbortUpload {
        name: checked(name.to_owned())?,
        upload_id: checked(upload_id.to_owned())?,
    };
    at.delete_at::<Value>(&["upload", "multi-part", "abort"], &abort)
        .await?;
    Ok(())
}

async fn give_up(at: &ProjectApi, entry: &Entry) -> Result<(), TransferError> {
    let id = match &entry.upload_id {
        Some(id) => id.clone(),
        // The answer was lost: asked again, the server tells the name, or that of a new one.
        None => create(at, entry).await?.upload_id,
    };
    abort(at, &entry.name, &id).await
}

/// The journal of a key; nothing if another process uploads to it, or none can be kept.
fn journal(at: &ProjectApi, key: &str) -> Option<Journal> {
    let dir = at.api.uploads_dir();
    match Journal::open(&dir, at.api.base(), &at.project, key) {
        Ok(journal) => journal,
        Err(error) => {
            no_journal(&error);
            None
        }
    }
}

fn remember(journal: &mut Option<Journal>, entry: &Entry) {
    if let Some(kept) = journal
        && let Err(error) = kept.write(entry.clone())
    {
        no_journal(&error);
        *journal = None;
    }
}

fn no_journal(error: &std::io::Error) {
    output::warn!("if this upload is interrupted, it cannot go on where it was: {error}.");
}

fn new_entry(at: &ProjectApi, upload: &Upload) -> Result<Entry, TransferError> {
    let token: ResumeToken = checked(Uuid::new_v4().simple().to_string())?;
    Ok(Entry {
        server: at.api.base().to_owned(),
        project: at.project.clone(),
        name: upload.key.as_str().to_owned(),
        path: upload.named.clone(),
        size: upload.size,
        with_sha256: upload.sums.is_some(),
        token,
        upload_id: None,
        begun_at: Utc::now(),
    })
}

async fn create(at: &ProjectApi, entry: &Entry) -> Result<CreatedUpload, TransferError> {
    let wanted = CreateUpload {
        name: checked(entry.name.clone())?,
        content_length: entry.size,
        with_sha256: entry.with_sha256,
        resume_token: Some(entry.token.clone()),
    };
    let path = ["upload", "multi-part", "create"];
    Ok(at.post(&path, &wanted).await?)
}

async fn stored(
    at: &ProjectApi,
    upload: &Upload,
    id: &UploadId,
) -> Result<Vec<StoredPart>, TransferError> {
    let wanted = PartsRequest {
        name: upload.key.clone(),
        upload_id: id.clone(),
    };
    let path = ["upload", "multi-part", "parts"];
    let answer: StoredParts = at.post(&path, &wanted).await?;
    Ok(answer.parts)
}

/// Those of the parts that hold what the file has in their places.
async fn right(
    upload: &Upload,
    parts: Vec<StoredPart>,
) -> Result<BTreeMap<u64, SentPart>, TransferError> {
    let computed;
    let md5s = match &upload.sums {
        Some(sums) => &sums.md5,
        None => {
            let path = upload.path.clone();
            let hashed = tokio::task::spawn_blocking(move || Checksum::of_file(&path, Form::Parts));
            computed = hashed.await.map_err(std::io::Error::other)??;
            &computed
        }
    };
    let mut has = BTreeMap::new();
    for part in parts {
        let place = u64::from(part.part_number);
        let sha256 = upload.sums.as_ref().and_then(|sums| sums.of_part(place));
        let same = match (&part.sha256, sha256) {
            (Some(stored), Some(local)) => stored == local,
            _ => md5s.of_part(place).is_some_and(|local| part.etag == local),
        };
        if same && part.size == upload.length_of(place) {
            let part = SentPart {
                part_number: number(place)?,
                etag: checked(part.etag)?,
                sha256: sha256.cloned().map(checked).transpose()?,
            };
            has.insert(place, part);
        }
    }
    Ok(has)
}
