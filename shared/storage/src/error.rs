//! The one error of this layer.

use std::fmt::Debug;

use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};

/// What went wrong in the object store.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// There is no such object or version.
    #[error("`{key}` does not exist in the object store")]
    NotFound {
        /// The key.
        key: String,
    },
    /// The object is larger than the caller can take.
    #[error("`{key}` has {size} bytes; at most {limit} can be read here")]
    TooLarge {
        /// The key.
        key: String,
        /// Its bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// What arrived is not what the store says it holds.
    #[error("`{key}` arrived damaged: its checksum differs from the store's")]
    ChecksumMismatch {
        /// The key.
        key: String,
    },
    /// The store does not answer, or asks to slow down. Worth another try.
    #[error("the object store does not answer: {0}")]
    Unavailable(String),
    /// The store refused.
    #[error("the object store refused ({code}): {message}")]
    Refused {
        /// The store's error code.
        code: String,
        /// Its message.
        message: String,
    },
    /// A local file could not be read or written.
    #[error("local file: {0}")]
    Local(#[from] std::io::Error),
}

impl StorageError {
    /// Whether the same call may succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Unavailable(_) | Self::ChecksumMismatch { .. } | Self::Local(_)
        )
    }

    pub(crate) fn from_sdk<E, R>(key: &str, error: SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
        R: Debug + HttpStatus,
    {
        let status = error.raw_response().map_or(0, HttpStatus::status);
        match error.code() {
            Some("NoSuchKey" | "NoSuchVersion" | "NotFound") => {
                return Self::NotFound {
                    key: key.to_owned(),
                };
            }
            None if status == 404 => {
                return Self::NotFound {
                    key: key.to_owned(),
                };
            }
            Some(code) if status < 500 && code != "SlowDown" => {
                return Self::Refused {
                    code: code.to_owned(),
                    message: error.message().unwrap_or("no message").to_owned(),
                };
            }
            _ => {}
        }
        Self::Unavailable(DisplayErrorContext(error).to_string())
    }
}

/// The status of a raw response, whatever its type.
pub(crate) trait HttpStatus {
    fn status(&self) -> u16;
}

impl HttpStatus for aws_sdk_s3::config::http::HttpResponse {
    fn status(&self) -> u16 {
        self.status().as_u16()
    }
}
