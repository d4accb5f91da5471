//! Several local files to the store: small ones a few at a time, then large ones in parts, one after the other.

use std::{collections::HashMap, fs, io, path::PathBuf, time::SystemTime};

use divbase_contract::{
    files::UploadRequest,
    limits::{BATCH_MAX, PART_BYTES, SINGLE_PUT_MAX_BYTES},
    names::UploadName,
};
use futures::{StreamExt, stream};

use super::{
    FILES_AT_ONCE, Narration, TransferError, checksum::Sums, multipart, progress::Bars, put,
};
use crate::{
    app::ProjectApi,
    failure::{Failure, Outcome},
    interrupt::Remark,
    output,
};

/// A local file and the key that it gets.
#[derive(Clone, Debug)]
pub struct Upload {
    /// What is read, absolute.
    pub path: PathBuf,
    /// The file that the user named, absolute: another one if it was compressed on the way.
    pub named: PathBuf,
    /// The key.
    pub key: UploadName,
    /// Bytes.
    pub size: u64,
    /// When it was changed last, if the system tells.
    pub modified: Option<SystemTime>,
    /// Its checksums, with which the store refuses anything else; absent outside safe mode.
    pub sums: Option<Sums>,
}

impl Upload {
    /// Bytes of a part, from 1; nothing behind the last.
    pub(super) fn length_of(&self, part: u64) -> u64 {
        let start = part.saturating_sub(1).saturating_mul(PART_BYTES);
        self.size.saturating_sub(start).min(PART_BYTES)
    }

    /// Whether the file is what it was when it was chosen, by size and time of change.
    pub(super) fn is_unchanged(&self) -> io::Result<bool> {
        let now = fs::metadata(&self.path)?;
        Ok(now.len() == self.size && now.modified().ok() == self.modified)
    }
}

/// What became of the uploads.
#[derive(Default)]
pub struct Sent {
    /// Arrived, in order.
    pub done: Vec<Upload>,
    /// The others.
    pub failed: Vec<(Upload, TransferError)>,
}

/// Uploads all; whoever interrupts it reads `interrupted`.
///
/// # Errors
/// What the API says when it is asked for URLs. Failures of single files are in the answer.
pub async fn all(
    at: &ProjectApi,
    uploads: Vec<Upload>,
    narration: Narration,
    interrupted: &str,
) -> Outcome<Sent> {
    let bars = Bars::new();
    let _remark = Remark::new(interrupted.to_owned());
    let mut sent = Sent::default();
    let (large, small): (Vec<_>, Vec<_>) = uploads
        .into_iter()
        .partition(|upload| upload.size > SINGLE_PUT_MAX_BYTES);
    for batch in small.chunks(BATCH_MAX) {
        let requests: Vec<UploadRequest> = batch.iter().map(request).collect::<Outcome<_>>()?;
        let mut urls: HashMap<String, _> = at
            .upload_urls(&requests)
            .await?
            .into_iter()
            .map(|url| (url.name.clone(), url))
            .collect();
        let jobs: Vec<_> = batch
            .iter()
            .map(|upload| (upload, urls.remove(upload.key.as_str())))
            .collect();
        let bars = &bars;
        let mut results = stream::iter(jobs)
            .map(|(upload, url)| async move {
                let bar = bars.file(upload.key.as_str(), Some(upload.size));
                let result = match url {
                    Some(url) => {
                        let whole = put::Section {
                            path: &upload.path,
                            start: 0,
                            length: upload.size,
                        };
                        put::section(
                            &at.api.http,
                            &url.pre_signed_url,
                            &url.put_headers,
                            &whole,
                            &bar,
                        )
                        .await
                        .map(drop)
                    }
                    None => Err(TransferError::Api(
                        "the server gave no upload URL for it".to_owned(),
                    )),
                };
                bar.finish_and_clear();
                (upload, result)
            })
            .buffered(FILES_AT_ONCE);
        while let Some((upload, result)) = results.next().await {
            sent.add(upload.clone(), result, narration)?;
        }
    }
    for upload in large {
        let bar = bars.file(upload.key.as_str(), Some(upload.size));
        let result = multipart::file(at, &upload, &bar).await;
        bar.finish_and_clear();
        sent.add(upload, result, narration)?;
    }
    Ok(sent)
}

impl Sent {
    fn add(
        &mut self,
        upload: Upload,
        result: Result<(), TransferError>,
        narration: Narration,
    ) -> Outcome {
        let word = if result.is_ok() { "Success" } else { "Failed" };
        if narration == Narration::Lines {
            output::line!(
                "Uploading '{}'... {word}",
                output::name(upload.key.as_str())
            )?;
        }
        match result {
            Ok(()) => self.done.push(upload),
            Err(error) => self.failed.push((upload, error)),
        }
        Ok(())
    }
}

fn request(upload: &Upload) -> Outcome<UploadRequest> {
    let size = i64::try_from(upload.size).unwrap_or(i64::MAX);
    let sums = upload.sums.as_ref();
    let md5 = sums.and_then(|sums| sums.md5.content_md5().into_iter().next());
    let sha256 = sums.and_then(|sums| sums.sha256.first().cloned());
    Ok(UploadRequest {
        name: upload.key.clone(),
        content_length: Failure::checked("the size of the file", size)?,
        md5_hash: Failure::checked_some("the checksum of the file", md5)?,
        sha256: Failure::checked_some("the SHA-256 of the file", sha256)?,
    })
}
