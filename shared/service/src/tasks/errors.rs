//! Which of the lower layers' errors are worth another attempt.

use divbase_storage::StorageError;
use divbase_tasks::TaskError;

/// An error of the store in the middle of a task.
pub(crate) fn storage(error: StorageError) -> TaskError {
    match error {
        StorageError::NotFound { .. } | StorageError::TooLarge { .. } => {
            TaskError::user(error.to_string())
        }
        error if error.is_transient() => TaskError::Transient(error.to_string()),
        error => TaskError::Internal(error.to_string()),
    }
}
