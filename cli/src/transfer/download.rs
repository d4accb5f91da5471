//! Several objects to local files, a few at a time, with a report at the end.

use std::{
    fs::{self, FileTimes},
    path::{Path, PathBuf},
    time::SystemTime,
};

use divbase_contract::{
    files::{DownloadRequest, DownloadUrl},
    limits::BATCH_MAX,
};
use futures::{StreamExt, future::try_join_all, stream};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::{
    FILES_AT_ONCE, Narration, REQUESTS_AT_ONCE, TransferError,
    destination::{Layout, local_path},
    fetch::{self, Store},
    integrity::Proof,
    progress::Bars,
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    app::ProjectApi,
    failure::{Failure, Outcome},
    interrupt::Remark,
    output::{self, style},
};

/// Whether downloads are compared with the store's checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checks {
    /// They are.
    Verify,
    /// They are not.
    Skip,
}

/// An object and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The key.
    pub key: String,
    /// A version, or the newest.
    pub version: Option<String>,
    /// The SHA-256 that it must have, in hex, if that is known.
    pub sha256: Option<String>,
    /// The local file, absolute.
    pub path: PathBuf,
}

impl Wanted {
    /// The newest version of a file, wherever it comes from.
    pub fn newest(key: String, path: PathBuf) -> Self {
        Self {
            key,
            version: None,
            sha256: None,
            path,
        }
    }

    /// A version of a key, or the newest, below `dir`.
    ///
    /// # Errors
    /// If the key leads out of the folder.
    pub fn new(key: String, version: Option<String>, dir: &Path, layout: Layout) -> Outcome<Self> {
        let path = local_path(dir, &key, layout)?;
        Ok(Self {
            version,
            ..Self::newest(key, path)
        })
    }
}

/// What became of the downloads.
#[derive(Default)]
pub struct Received {
    arrived: Vec<Arrived>,
    failed: Vec<(String, TransferError)>,
}

/// A file that is here.
#[derive(Serialize)]
struct Arrived {
    name: String,
    path: PathBuf,
    /// What its content was compared with; nothing if that was not wanted.
    verified_by: Option<String>,
}

/// Downloads all, in the order given.
///
/// # Errors
/// What the API says when it is asked for URLs. Failures of single files are in the answer.
pub async fn all(
    at: &ProjectApi,
    wanted: Vec<Wanted>,
    checks: Checks,
    narration: Narration,
) -> Outcome<Received> {
    let requests = Semaphore::new(REQUESTS_AT_ONCE);
    let store = Store {
        http: &at.api.http,
        requests: &requests,
    };
    let bars = Bars::new();
    let _remark = resuming();
    let mut received = Received::default();
    // URLs are asked for as late as possible, because they end.
    for batch in wanted.chunks(BATCH_MAX) {
        let urls = urls(at, batch).await?;
        let (store, bars) = (&store, &bars);
        let mut results = stream::iter(batch.iter().zip(urls))
            .map(|(wanted, url)| async move {
                let bar = bars.file(&wanted.key, None);
                let result = fetch::object(at, store, &url, wanted, checks, &bar).await;
                bar.finish_and_clear();
                (wanted, result)
            })
            .buffered(FILES_AT_ONCE);
        while let Some((wanted, result)) = results.next().await {
            let word = if result.is_ok() { "Success" } else { "Failed" };
            if narration == Narration::Lines {
                output::line!("Downloading '{}'... {word}", output::name(&wanted.key))?;
            }
            match result {
                Ok(proof) => {
                    received.arrived.push(Arrived {
                        name: wanted.key.clone(),
                        path: wanted.path.clone(),
                        verified_by: proof.as_ref().map(ToString::to_string),
                    });
                    // Said only where it is not what people count on.
                    if let Some(proof @ (Proof::Store(_) | Proof::Size(_))) = proof {
                        output::note!(
                            "Note: '{}' is verified by {proof}.",
                            output::name(&wanted.key)
                        );
                    }
                }
                Err(error) => received.failed.push((wanted.key.clone(), error)),
            }
        }
    }
    Ok(received)
}

/// Downloads a file, and its index if there is one, and says nothing of it. The index gets its name, and its time, when the file
/// has come: nobody takes it for that of an older file, and programs find it no older than what it belongs to.
///
/// # Errors
/// If either did not arrive as it should.
pub async fn with_index(
    at: &ProjectApi,
    file: Wanted,
    index: Option<Wanted>,
    checks: Checks,
) -> Outcome {
    let requests = Semaphore::new(REQUESTS_AT_ONCE);
    let store = Store {
        http: &at.api.http,
        requests: &requests,
    };
    let bars = Bars::new();
    let _remark = resuming();
    let named = index.as_ref().map(|index| index.path.clone());
    let mut both = vec![file];
    both.extend(index.map(|index| Wanted {
        path: arriving(&index.path),
        ..index
    }));
    let urls = urls(at, &both).await?;
    let transfers = both.iter().zip(&urls).map(|(wanted, url)| {
        let bar = bars.file(&wanted.key, None);
        let store = &store;
        async move {
            let result = fetch::object(at, store, url, wanted, checks, &bar).await;
            bar.finish_and_clear();
            result.map_err(|error| {
                Failure::Refused(format!("'{}': {error}", output::name(&wanted.key)))
            })
        }
    });
    let result = try_join_all(transfers).await;
    let Some(named) = named else {
        return result.map(drop);
    };
    let arrived = arriving(&named);
    if let Err(failure) = result {
        // It may not have come, either.
        let _ = fs::remove_file(&arrived);
        return Err(failure);
    }
    let name = || {
        let now = FileTimes::new().set_modified(SystemTime::now());
        let file = fs::OpenOptions::new().write(true).open(&arrived)?;
        file.set_times(now)?;
        fs::rename(&arrived, &named)
    };
    name().map_err(|error| Failure::io("write", &named, error))
}

/// What an index is called until its file has come.
fn arriving(index: &Path) -> PathBuf {
    let mut name = index.as_os_str().to_owned();
    name.push(".arriving");
    PathBuf::from(name)
}

/// Writes one to the standard output while it arrives. What was written is compared with the size and, if it is known,
/// with the SHA-256 at the end.
///
/// # Errors
/// If it did not arrive as it should; a part of it has been written then.
pub async fn to_stdout(at: &ProjectApi, wanted: &Wanted) -> Outcome {
    for url in urls(at, std::slice::from_ref(wanted)).await? {
        let broken = |reason: String| {
            Failure::Refused(format!(
                "reading '{}' from the store broke off: {reason}; what was written is not whole.",
                output::name(&wanted.key)
            ))
        };
        let lost = |error: reqwest::Error| broken(crate::http::reason(&error));
        let response = at
            .api
            .http
            .get(&url.pre_signed_url)
            .send()
            .await
            .map_err(lost)?;
        if !response.status().is_success() {
            return Err(broken(format!(
                "the store answered {}",
                response.status().as_u16()
            )));
        }
        let size = response.content_length();
        let (mut read, mut hash) = (0_u64, Sha256::new());
        let mut body = response.bytes_stream();
        while let Some(bytes) = body.next().await {
            let bytes = bytes.map_err(lost)?;
            hash.update(&bytes);
            read += bytes.len() as u64;
            output::raw(&bytes)?;
        }
        let sum = hex::encode(hash.finalize());
        if size.is_some_and(|size| size != read) {
            return Err(broken("it ended too early".to_owned()));
        }
        if wanted.sha256.as_ref().is_some_and(|known| *known != sum) {
            return Err(broken("its checksum is not the registered one".to_owned()));
        }
    }
    Ok(())
}

fn resuming() -> Remark {
    Remark::new(
        "what arrived whole is kept, and so are the finished pieces of files above 32 MiB; the same command goes on with \
         those files where it stopped."
            .to_owned(),
    )
}

/// A signed URL for each.
pub(super) async fn urls(at: &ProjectApi, batch: &[Wanted]) -> Outcome<Vec<DownloadUrl>> {
    let requests = batch.iter().map(request).collect::<Outcome<Vec<_>>>()?;
    let urls = at.download_urls(&requests).await?;
    if urls.len() == batch.len() {
        return Ok(urls);
    }
    Err(Failure::Refused(format!(
        "the server gave {} download URLs for {} files; try again, or report it.",
        urls.len(),
        batch.len()
    )))
}

fn request(wanted: &Wanted) -> Outcome<DownloadRequest> {
    Ok(DownloadRequest {
        name: Failure::checked("the name of the file", wanted.key.clone())?,
        version_id: Failure::checked_some("the version of the file", wanted.version.clone())?,
        with_checksum: false,
    })
}

impl Received {
    /// Tells people which files arrived.
    ///
    /// # Errors
    /// If any did not; it has been told then.
    pub fn report(&self) -> Outcome {
        if !self.arrived.is_empty() {
            output::done!("Successfully downloaded the following files:")?;
            for file in &self.arrived {
                output::line!("- {}", output::name(&file.path.to_string_lossy()))?;
            }
        }
        if self.failed.is_empty() {
            return Ok(());
        }
        output::note!(
            "{} Failed to download the following files:",
            style::err_red("Error:")
        );
        for (key, error) in &self.failed {
            output::note!("- '{}': {error}", output::name(key));
        }
        Err(Failure::Told)
    }

    /// The same for a program.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let failed = self.failed.iter();
        let failed: Vec<Value> = failed
            .map(|(name, error)| json!({"name": name, "error": error.to_string()}))
            .collect();
        json!({"downloaded": self.arrived, "failed": failed})
    }

    /// The keys of what arrived.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.arrived.iter().map(|file| &*file.name)
    }

    /// The keys of the others, and why.
    pub fn failures(&self) -> impl Iterator<Item = (&str, &TransferError)> {
        self.failed.iter().map(|(key, error)| (&**key, error))
    }

    /// Success if all files arrived.
    ///
    /// # Errors
    /// If any did not.
    pub fn complete(&self) -> Outcome {
        Failure::told_unless(self.failed.is_empty())
    }
}
