//! The one error of this layer.

use std::fmt::{self, Debug};

use aws_sdk_s3::{
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    presigning::PresigningConfigError,
};

/// What went wrong in the object store.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// There is no such object or version.
    #[error("`{key}` does not exist in the object store")]
    NotFound {
        /// The key.
        key: String,
    },
    /// A listing was asked to go on from what is no token of it.
    #[error("the token of the next page is not one of this listing")]
    NoSuchToken,
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
    /// An upload lacks parts.
    #[error("`{key}` cannot be put together: parts of it are missing")]
    Incomplete {
        /// The key.
        key: String,
    },
    /// The store does not answer, or asks to slow down. Worth another try.
    #[error("the object store does not answer: {}", DisplayErrorContext(&**.0))]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The store refused.
    #[error("the object store refused ({code}): {message}")]
    Refused {
        /// Why.
        code: Refusal,
        /// The store's message.
        message: String,
    },
    /// A request could not be put together.
    #[error("a request to the object store cannot be made: {0}")]
    Request(#[from] aws_sdk_s3::error::BuildError),
    /// A URL could not be signed.
    #[error("a URL of the object store cannot be signed: {0}")]
    Presigning(#[from] PresigningConfigError),
    /// A local file could not be read or written.
    #[error("local file: {0}")]
    Local(#[from] std::io::Error),
}

/// Why the store refuses: the codes that a caller tells apart, and all others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The object is not the one that was expected.
    PreconditionFailed,
    /// There is no such multipart upload.
    NoSuchUpload,
    /// The bucket exists.
    BucketExists,
    /// There is no such bucket.
    NoSuchBucket,
    /// The bucket has no CORS rules.
    NoSuchCors,
    /// The bucket has no policy.
    NoSuchPolicy,
    /// A value of the request is not one that the store takes.
    InvalidArgument,
    /// The store has nothing of the kind.
    NotImplemented,
    /// Another of the store's codes.
    Other(String),
}

impl Refusal {
    pub(crate) fn of(code: &str) -> Self {
        match code {
            "PreconditionFailed" | "412" => Self::PreconditionFailed,
            "NoSuchUpload" => Self::NoSuchUpload,
            "BucketAlreadyOwnedByYou" | "BucketAlreadyExists" => Self::BucketExists,
            "NoSuchBucket" => Self::NoSuchBucket,
            "NoSuchCORSConfiguration" => Self::NoSuchCors,
            "NoSuchBucketPolicy" => Self::NoSuchPolicy,
            "InvalidArgument" => Self::InvalidArgument,
            "NotImplemented" => Self::NotImplemented,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PreconditionFailed => "PreconditionFailed",
            Self::NoSuchUpload => "NoSuchUpload",
            Self::BucketExists => "BucketAlreadyExists",
            Self::NoSuchBucket => "NoSuchBucket",
            Self::NoSuchCors => "NoSuchCORSConfiguration",
            Self::NoSuchPolicy => "NoSuchBucketPolicy",
            Self::InvalidArgument => "InvalidArgument",
            Self::NotImplemented => "NotImplemented",
            Self::Other(code) => code,
        })
    }
}

impl StorageError {
    /// Whether the store refused with this code.
    #[must_use]
    pub fn is_refused(&self, with: Refusal) -> bool {
        matches!(self, Self::Refused { code, .. } if *code == with)
    }

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
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
        R: Debug + HttpStatus + Send + Sync + 'static,
    {
        let status = error.raw_response().map_or(0, HttpStatus::status);
        let not_found = || Self::NotFound {
            key: key.to_owned(),
        };
        match error.code() {
            Some("NoSuchKey" | "NoSuchVersion" | "NotFound") => return not_found(),
            None if status == 404 => return not_found(),
            // A 501, which no other try turns into anything else.
            Some(code) if (status < 500 && code != "SlowDown") || code == "NotImplemented" => {
                return Self::Refused {
                    code: Refusal::of(code),
                    message: error.message().unwrap_or("no message").to_owned(),
                };
            }
            _ => {}
        }
        Self::Unavailable(error.into())
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
