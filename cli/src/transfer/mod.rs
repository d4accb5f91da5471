//! Moving file contents between this machine and the object store, through pre-signed URLs. No request here carries
//! our credentials: the URL is the right to use it.

mod address;
pub mod checksum;
pub mod destination;
pub mod download;
mod fetch;
mod integrity;
mod intervals;
pub mod journal;
pub mod keys;
mod locked;
mod multipart;
mod partial;
pub mod progress;
mod put;
pub mod resume;
pub mod sources;
pub mod upload;
pub mod verify;

use reqwest::Response;
use tokio::time::sleep;

use crate::{failure::Failure, http::retry};

/// Files in transfer at the same time.
const FILES_AT_ONCE: usize = 6;
/// Requests in transfer at the same time, over all files.
const REQUESTS_AT_ONCE: usize = 10;

/// Whether each file is told about as it arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Narration {
    /// A line on stdout for each.
    Lines,
    /// Nothing; stdout is for a program.
    Silent,
}

/// Why one file was not transferred.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The connection failed or broke, on the last attempt too.
    #[error("connection problem: {0}")]
    Connection(String),
    /// The store refused.
    #[error("the store answered {status}{detail}")]
    Store {
        /// Status code.
        status: u16,
        /// Code and message of the store's answer, with a separator before them.
        detail: String,
    },
    /// There is no such object or version.
    #[error("the file or version does not exist in the project's store (404)")]
    Missing,
    /// There is no such local file.
    #[error("the file is not here")]
    NotHere,
    /// What arrived is not what was sent.
    #[error("checksum mismatch: expected {expected}, calculated {calculated}")]
    Checksum {
        /// By the store.
        expected: String,
        /// By us.
        calculated: String,
    },
    /// The local file has another size than the store's.
    #[error("the store has {expected} bytes, the file has {found}")]
    Size {
        /// By the store.
        expected: u64,
        /// Of the file.
        found: u64,
    },
    /// The object was replaced during its download.
    #[error("the file was replaced in the store during the download; download it again")]
    Changed,
    /// A local file cannot be read or written.
    #[error("local file: {0}")]
    Local(#[from] std::io::Error),
    /// A local file is no longer what it was when its checksums were computed.
    #[error(
        "the file was changed while it was sent; nothing of it is in the project. Upload it again once it is finished"
    )]
    ChangedHere,
    /// The API refused.
    #[error("{0}")]
    Api(String),
    /// The API cannot be reached, or asks to come back later.
    #[error("{0}")]
    Unavailable(String),
}

impl TransferError {
    /// Whether another attempt may succeed.
    const fn may_recover(&self) -> bool {
        match self {
            Self::Connection(_) => true,
            Self::Store { status, .. } => *status >= 500 || *status == 429,
            _ => false,
        }
    }

    /// Whether the store refuses the URL itself, as it does one that has ended.
    const fn is_refused(&self) -> bool {
        matches!(self, Self::Store { status: 403, .. })
    }

    /// Whether what was sent so far is of use to another run.
    const fn leaves_resumable(&self) -> bool {
        match self {
            Self::Unavailable(_) | Self::Local(_) => true,
            // A signed URL has ended, or a clock is wrong.
            Self::Store { status: 403, .. } => true,
            other => other.may_recover(),
        }
    }

    /// Reads an error answer of the store.
    async fn of_response(response: Response) -> Self {
        let status = response.status().as_u16();
        if status == 404 {
            return Self::Missing;
        }
        let body = response.text().await.unwrap_or_default();
        let parts: Vec<&str> = ["Code", "Message"]
            .iter()
            .filter_map(|tag| between(&body, tag))
            .collect();
        let detail = if parts.is_empty() {
            String::new()
        } else {
            format!(": {}", parts.join(", "))
        };
        Self::Store { status, detail }
    }
}

/// The text of the first XML element of that name.
/// Tries it until it succeeds or fails for good.
async fn retried<T>(
    mut once: impl AsyncFnMut() -> Result<T, TransferError>,
) -> Result<T, TransferError> {
    let mut attempt = 1;
    loop {
        match once().await {
            Err(error) if error.may_recover() && attempt < retry::TRANSFER_ATTEMPTS => {
                attempt += 1;
                sleep(retry::back_off(attempt)).await;
            }
            other => return other,
        }
    }
}

fn between<'a>(body: &'a str, tag: &str) -> Option<&'a str> {
    let (_, rest) = body.split_once(&format!("<{tag}>"))?;
    rest.split_once('<').map(|(text, _)| text)
}

impl From<Failure> for TransferError {
    fn from(failure: Failure) -> Self {
        let text = failure.to_string();
        match failure {
            Failure::Connection { .. } | Failure::Auth(_) => Self::Unavailable(text),
            Failure::Api(error)
                if error.status.is_server_error() || matches!(error.status.as_u16(), 401 | 429) =>
            {
                Self::Unavailable(text)
            }
            _ => Self::Api(text),
        }
    }
}

impl From<reqwest::Error> for TransferError {
    fn from(error: reqwest::Error) -> Self {
        Self::Connection(crate::http::reason(&error))
    }
}
