//! How a task fails, and what of it a user may read.

use divbase_contract::tasks::TaskFailure;

/// Why an attempt did not give a result.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    /// The user's mistake: the message goes to the user, and trying again is of no use.
    #[error("{message}")]
    User {
        /// Class of the error, stable; the name that the Python server gives it where there is one.
        exc_type: &'static str,
        /// What is wrong and how to mend it.
        message: String,
    },
    /// The stored arguments are not those that this version of the task takes. An operator should look.
    #[error("the stored arguments cannot be read: {0}")]
    Arguments(String),
    /// Something outside may work next time: database, store, queue.
    #[error("{0}")]
    Transient(String),
    /// A fault of ours. The user reads a general text, the log has this one.
    #[error("{0}")]
    Internal(String),
    /// The task noticed that it should stop and did.
    #[error("stopped")]
    Stopped,
}

impl TaskError {
    /// A mistake of the user's, without a class of its own.
    #[must_use]
    pub fn user(message: impl Into<String>) -> Self {
        Self::User {
            exc_type: "TaskUserError",
            message: message.into(),
        }
    }
}

impl From<divbase_db::DbError> for TaskError {
    fn from(error: divbase_db::DbError) -> Self {
        if error.is_transient() {
            Self::Transient(error.to_string())
        } else {
            Self::Internal(error.to_string())
        }
    }
}

/// The failure as task history keeps it.
pub(crate) fn failure(exc_type: &str, message: &str) -> TaskFailure {
    TaskFailure {
        exc_type: exc_type.to_owned(),
        exc_message: vec![message.to_owned()],
        exc_module: "divbase.tasks".to_owned(),
    }
}
