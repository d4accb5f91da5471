//! Moving file contents between this machine and the object store, through pre-signed URLs. No request here carries
//! our credentials: the URL is the right to use it.

pub mod checksum;
pub mod destination;
pub mod download;
mod fetch;
mod integrity;
pub mod keys;
mod multipart;
mod partial;
pub mod progress;
mod put;
pub mod sources;
pub mod upload;
pub mod verify;

use reqwest::Response;

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
    /// The API refused.
    #[error("{0}")]
    Api(String),
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
fn between<'a>(body: &'a str, tag: &str) -> Option<&'a str> {
    let (_, rest) = body.split_once(&format!("<{tag}>"))?;
    rest.split_once('<').map(|(text, _)| text)
}

impl From<reqwest::Error> for TransferError {
    fn from(error: reqwest::Error) -> Self {
        Self::Connection(crate::http::reason(&error))
    }
}
