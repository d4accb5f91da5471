//! Several objects to local files, a few at a time, with a report at the end.

use std::path::{Path, PathBuf};

use divbase_contract::{
    files::{DownloadRequest, DownloadUrl},
    limits::BATCH_MAX,
};
use futures::{StreamExt, stream};

use super::{
    FILES_AT_ONCE, Narration, REQUESTS_AT_ONCE, TransferError,
    destination::{Layout, local_path},
    fetch::{self, Store},
    integrity::Proof,
    progress::Bars,
};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::{
    app::ProjectApi,
    failure::{Failure, Outcome},
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
    /// A version of a key, or the newest, below `dir`.
    ///
    /// # Errors
    /// If the key leads out of the folder.
    pub fn new(key: String, version: Option<String>, dir: &Path, layout: Layout) -> Outcome<Self> {
        Ok(Self {
            path: local_path(dir, &key, layout)?,
            key,
            version,
            sha256: None,
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
                bars.suspend(|| {
                    output::line(&format!(
                        "Downloading '{}'... {word}",
                        output::name(&wanted.key)
                    ))
                })?;
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
                        bars.suspend(|| {
                            output::note(&format!(
                                "Note: '{}' is verified by {proof}.",
                                output::name(&wanted.key)
                            ));
                        });
                    }
                }
                Err(error) => received.failed.push((wanted.key.clone(), error)),
            }
        }
    }
    Ok(received)
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
        version_id: wanted
            .version
            .clone()
            .map(|version| Failure::checked("the version of the file", version))
            .transpose()?,
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
            output::line(&style::green(
                "Successfully downloaded the following files:",
            ))?;
            for file in &self.arrived {
                output::line(&format!("- {}", output::name(&file.path.to_string_lossy())))?;
            }
        }
        if self.failed.is_empty() {
            return Ok(());
        }
        output::note(&format!(
            "{} Failed to download the following files:",
            style::err_red("Error:")
        ));
        for (key, error) in &self.failed {
            output::note(&format!("- '{}': {error}", output::name(key)));
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

    /// Success if all files arrived.
    ///
    /// # Errors
    /// If any did not.
    pub fn complete(&self) -> Outcome {
        if self.failed.is_empty() {
            Ok(())
        } else {
            Err(Failure::Told)
        }
    }
}
