//! The errors of everything below the tasks, with their sources, and which of them are worth another attempt.

use divbase_contract::FailureClass;
use divbase_db::DbError;
use divbase_metadata::{QueryError, ReadError};
use divbase_storage::StorageError;
use divbase_tasks::{Stopped, TaskError};
use tokio::task::JoinError;

use crate::engine::EngineError;

/// What most of this crate gives.
pub(crate) type Result<T, E = ServiceError> = std::result::Result<T, E>;

/// Why planning, indexing or answering gave no result.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The user's to mend; the message says how.
    #[error("{message}")]
    Refused {
        /// Its class.
        class: FailureClass,
        /// What is wrong and how to mend it.
        message: String,
    },
    /// The metadata table cannot be used.
    #[error(transparent)]
    Table(#[from] ReadError),
    /// The metadata filter has no answer.
    #[error(transparent)]
    Metadata(#[from] QueryError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The object store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// An engine gave no result.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A file could not be read, and the store is not the cause.
    #[error("a file cannot be read: {0}")]
    File(#[source] divbase_vcf::Error),
    /// The files of a project version are not stored as they should be.
    #[error("the project version '{name}' cannot be read: {source}")]
    ProjectVersion {
        /// Its name.
        name: String,
        /// What does not fit.
        source: serde_json::Error,
    },
    /// A thread panicked or was stopped.
    #[error(transparent)]
    Thread(#[from] JoinError),
    /// The task should stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

impl ServiceError {
    /// A mistake of the user's, without a class of its own.
    pub(crate) fn user(message: impl Into<String>) -> Self {
        Self::Refused {
            class: FailureClass::TaskUser,
            message: message.into(),
        }
    }
}

/// The class of a failure that the metadata crate names as the Python server does.
fn class_of(stock_name: &str) -> FailureClass {
    FailureClass::parse(stock_name).unwrap_or(FailureClass::TaskUser)
}

impl From<ServiceError> for TaskError {
    fn from(error: ServiceError) -> Self {
        let user = |class, message| Self::User { class, message };
        match error {
            ServiceError::Refused { class, message } => user(class, message),
            ServiceError::Table(error) => user(class_of(error.stock_name()), error.to_string()),
            ServiceError::Metadata(error) => user(class_of(error.stock_name()), error.to_string()),
            ServiceError::Db(error) => error.into(),
            ServiceError::Storage(error) => storage(error),
            ServiceError::Engine(error) => engine(error),
            ServiceError::File(error) => Self::Transient(error.into()),
            error @ (ServiceError::ProjectVersion { .. } | ServiceError::Thread(_)) => {
                Self::Internal(error.into())
            }
            ServiceError::Stopped(_) => Self::Stopped,
        }
    }
}

fn storage(error: StorageError) -> TaskError {
    match error {
        StorageError::NotFound { .. } | StorageError::TooLarge { .. } => {
            TaskError::user(error.to_string())
        }
        error if error.is_transient() => TaskError::Transient(error.into()),
        error => TaskError::Internal(error.into()),
    }
}

/// What a user reads when an engine gives no result.
fn engine(error: EngineError) -> TaskError {
    match error {
        error @ (EngineError::Refused(_)
        | EngineError::Bcftools { .. }
        | EngineError::SharedSamples
        | EngineError::Uncompared { .. }
        | EngineError::NeedsBcftools { .. }) => TaskError::User {
            class: FailureClass::BcftoolsCommand,
            message: error.to_string(),
        },
        EngineError::NotInstalled(_) => TaskError::user(
            "This query was to be answered by bcftools, which this installation does not have. Leave '--engine \
             bcftools' out, or ask the operators to add bcftools to the workers.",
        ),
        EngineError::Declined(reason) => TaskError::user(format!(
            "The native engine does not answer this query: {reason}. Leave '--engine native' out, and bcftools does."
        )),
        EngineError::Storage(error) => storage(error),
        EngineError::Stopped => TaskError::Stopped,
        error @ (EngineError::Unreadable(_)
        | EngineError::Result(_)
        | EngineError::Process { .. }
        | EngineError::Thread(_)) => TaskError::Internal(error.into()),
    }
}
