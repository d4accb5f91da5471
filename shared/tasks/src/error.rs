//! How a task fails, and what of it a user may read.

use std::{error::Error, time::Duration};

use divbase_contract::{FailureClass, field::bounded, tasks::TaskFailure};
use divbase_db::tasks::{Fence, NewBatch};

use crate::Stopped;

/// An error of a layer that this one does not know.
pub type Cause = Box<dyn Error + Send + Sync>;

/// Why an attempt did not give a result.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    /// The user's mistake: the message goes to the user, and trying again is of no use.
    #[error("{message}")]
    User {
        /// Its class.
        class: FailureClass,
        /// What is wrong and how to mend it.
        message: String,
    },
    /// The stored arguments are not those that this version of the task takes. An operator should look.
    #[error("the stored arguments cannot be read: {0}")]
    Arguments(#[source] serde_json::Error),
    /// Something outside may work next time: database, store, queue.
    #[error("{0}")]
    Transient(#[source] Cause),
    /// A fault of ours. The user reads a general text, the log has the cause.
    #[error("{0}")]
    Internal(#[source] Cause),
    /// It waits for children; see [`crate::Context::batch`].
    #[error("it waits for {} children", .0.children.len())]
    Split(Box<NewBatch>),
    /// There is nothing to do yet: it is run again after so long, and this attempt does not count.
    #[error("{reason}")]
    Snooze {
        /// How long.
        after: Duration,
        /// What it waits for.
        reason: String,
    },
    /// The task noticed that it should stop and did.
    #[error("stopped")]
    Stopped,
}

impl TaskError {
    /// A mistake of the user's, without a class of its own.
    #[must_use]
    pub fn user(message: impl Into<String>) -> Self {
        Self::User {
            class: FailureClass::TaskUser,
            message: message.into(),
        }
    }

    /// What the user reads of it if no other attempt follows this one.
    #[must_use]
    pub fn for_user(&self, attempt: Fence) -> (FailureClass, String) {
        match self {
            Self::User { class, message } => (*class, message.clone()),
            Self::Arguments(_) => (FailureClass::Arguments, self.to_string()),
            Self::Transient(_) => (
                FailureClass::ServiceUnavailable,
                format!(
                    "A part of the service did not answer in {} attempts. Please try again later.",
                    attempt.attempt
                ),
            ),
            // Neither is a failure, and nobody reads of it.
            Self::Internal(_) | Self::Split(_) | Self::Snooze { .. } => (
                FailureClass::Internal,
                format!(
                    "The service made an error. Please report it with the task id {}.",
                    attempt.task_id
                ),
            ),
            Self::Stopped => (
                FailureClass::TimeLimit,
                "The task took longer than it may. Ask for fewer samples or a smaller region."
                    .to_owned(),
            ),
        }
    }
}

impl From<divbase_db::DbError> for TaskError {
    fn from(error: divbase_db::DbError) -> Self {
        if error.is_transient() {
            Self::Transient(error.into())
        } else {
            Self::Internal(error.into())
        }
    }
}

impl From<Stopped> for TaskError {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}

/// The failure as task history keeps it, its message not longer than a history can show.
pub(crate) fn failure(class: FailureClass, message: &str) -> TaskFailure {
    TaskFailure {
        exc_type: class.as_str().to_owned(),
        exc_message: vec![bounded(message.to_owned())],
        exc_module: "divbase.tasks".to_owned(),
    }
}
