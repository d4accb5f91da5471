//! Several objects to local files, a few at a time, with a report at the end.

use std::path::{Path, PathBuf};

use divbase_contract::{files::DownloadRequest, limits::BATCH_MAX};
use futures::{StreamExt, stream};
use tokio::sync::Semaphore;

use super::{
    FILES_AT_ONCE, REQUESTS_AT_ONCE, TransferError,
    destination::{Layout, local_path},
    fetch::{self, Store},
    progress::Bars,
};
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
    /// The local file, absolute.
    pub path: PathBuf,
}

impl Wanted {
    /// The newest version of a key, below `dir`.
    ///
    /// # Errors
    /// If the key leads out of the folder.
    pub fn newest(key: String, dir: &Path) -> Outcome<Self> {
        Ok(Self {
            path: local_path(dir, &key, Layout::Folders)?,
            key,
            version: None,
        })
    }
}

/// Downloads all, in the order given, and tells which arrived.
///
/// # Errors
/// If any did not; it has been told then. Or what the API says when it is asked for URLs.
pub async fn all(at: &ProjectApi, wanted: Vec<Wanted>, checks: Checks) -> Outcome {
    let requests = Semaphore::new(REQUESTS_AT_ONCE);
    let store = Store {
        http: &at.api.http,
        requests: &requests,
    };
    let bars = Bars::new();
    let mut arrived = Vec::new();
    let mut failed = Vec::new();
    // URLs are asked for as late as possible, because they end.
    for batch in wanted.chunks(BATCH_MAX) {
        let urls = at
            .download_urls(&batch.iter().map(request).collect::<Vec<_>>())
            .await?;
        if urls.len() != batch.len() {
            return Err(Failure::Refused(format!(
                "the server gave {} download URLs for {} files; try again, or report it.",
                urls.len(),
                batch.len()
            )));
        }
        let (store, bars) = (&store, &bars);
        let mut results = stream::iter(batch.iter().zip(urls))
            .map(|(wanted, url)| async move {
                let bar = bars.file(&wanted.key, None);
                let result = fetch::object(store, &url.pre_signed_url, wanted, checks, &bar).await;
                bar.finish_and_clear();
                (wanted, result)
            })
            .buffered(FILES_AT_ONCE);
        while let Some((wanted, result)) = results.next().await {
            let word = if result.is_ok() { "Success" } else { "Failed" };
            bars.suspend(|| {
                output::line(&format!(
                    "Downloading '{}'... {word}",
                    output::name(&wanted.key)
                ))
            })?;
            match result {
                Ok(_) => arrived.push(wanted.path.clone()),
                Err(error) => failed.push((wanted.key.clone(), error)),
            }
        }
    }
    report(&arrived, &failed)
}

fn request(wanted: &Wanted) -> DownloadRequest {
    DownloadRequest {
        name: wanted.key.clone(),
        version_id: wanted.version.clone(),
    }
}

fn report(arrived: &[PathBuf], failed: &[(String, TransferError)]) -> Outcome {
    if !arrived.is_empty() {
        output::line(&style::green(
            "Successfully downloaded the following files:",
        ))?;
        for path in arrived {
            output::line(&format!("- {}", output::name(&path.to_string_lossy())))?;
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    output::note(&format!(
        "{} Failed to download the following files:",
        style::err_red("Error:")
    ));
    for (key, error) in failed {
        output::note(&format!("- '{}': {error}", output::name(key)));
    }
    Err(Failure::Told)
}
