//! Whether local files are what the store has, without downloading them again.

use divbase_contract::{
    files::{DownloadRequest, DownloadUrl, StoredChecksum},
    limits::BATCH_MAX,
};
use futures::{StreamExt, stream};

pub use super::integrity::{Opaque, Proof};
use super::{
    FILES_AT_ONCE, TransferError,
    download::{self, Wanted},
    fetch,
    integrity::{self, Stored},
};
use crate::{
    app::ProjectApi,
    failure::{Failure, Outcome},
};

use std::path::Path;

/// What became of the comparison of one file.
pub type Verdict = Result<Proof, TransferError>;

/// Compares each local file with its object; the verdicts in the order given.
///
/// # Errors
/// What the API says when it is asked for URLs.
pub async fn all(at: &ProjectApi, wanted: &[Wanted]) -> Outcome<Vec<Verdict>> {
    let mut verdicts = Vec::with_capacity(wanted.len());
    for batch in wanted.chunks(BATCH_MAX) {
        let urls = download::urls(at, batch).await?;
        let mut compared = stream::iter(batch.iter().zip(urls))
            .map(|(wanted, url)| async move { one(at, wanted, &url).await })
            .buffered(FILES_AT_ONCE);
        while let Some(verdict) = compared.next().await {
            verdicts.push(verdict);
        }
    }
    Ok(verdicts)
}

async fn one(at: &ProjectApi, wanted: &Wanted, given: &DownloadUrl) -> Verdict {
    if !wanted.path.is_file() {
        return Err(TransferError::NotHere);
    }
    let stored = fetch::probe(&at.api.http, &given.pre_signed_url).await?;
    against(at, &wanted.path, &stored, given, wanted).await
}

/// Compares a local file with what store and service tell of its object.
pub(super) async fn against(
    at: &ProjectApi,
    path: &Path,
    stored: &Stored,
    given: &DownloadUrl,
    wanted: &Wanted,
) -> Verdict {
    let registered = wanted.sha256.as_deref().or(given.sha256.as_deref());
    integrity::check(path, stored, registered, async || {
        kept(at, wanted, given.version_id.clone()).await
    })
    .await
}

/// The checksum that the store keeps of an object, if it keeps one and the service can tell.
async fn kept(
    at: &ProjectApi,
    wanted: &Wanted,
    version_id: Option<String>,
) -> Result<Option<StoredChecksum>, TransferError> {
    let told = async {
        let request = DownloadRequest {
            name: Failure::checked("the name of the file", wanted.key.clone())?,
            version_id: Failure::checked_some("the version of the file", version_id)?,
            with_checksum: true,
        };
        at.download_urls(&[request]).await
    };
    let told = told.await;
    let told = told.map_err(|failure| TransferError::Api(failure.to_string()))?;
    Ok(told.into_iter().next().and_then(|url| url.checksum))
}
