//! Whether a project may take more, and what it takes.

use divbase_db::{KeyCount, Room};
use divbase_service::usage;
use http::StatusCode;

use crate::{AppState, error::ApiError};

/// Promises a project room for files of so many bytes each; gives the number of the last promise. An upload in parts gets its key
/// when it has begun.
///
/// # Errors
/// 413 with the numbers if it would hold more than its quota.
pub(crate) async fn room(
    state: &AppState,
    project_id: i64,
    files: &[(Option<&str>, u64)],
) -> Result<i64, ApiError> {
    let files: Vec<(Option<&str>, i64)> = files
        .iter()
        .map(|(key, bytes)| (*key, i64::try_from(*bytes).unwrap_or(i64::MAX)))
        .collect();
    match state.db.promise_room(project_id, &files).await? {
        Room::Promised(id) => Ok(id),
        Room::Full { used, quota } => {
            let bytes = files
                .iter()
                .fold(0_i64, |sum, (_, bytes)| sum.saturating_add(*bytes));
            Err(ApiError::http(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!(
                    "The project may hold {quota} bytes; it holds {used}, uploads that are under way included, and this would \
                     add {bytes}. Delete files that are not needed and purge their versions, or ask an administrator for a larger \
                     quota."
                ),
            ))
        }
    }
}

/// Counts an upload in parts that has come, in the place of what it was promised. If that fails its promise counts on, as long as
/// that of a file in one piece.
///
/// # Errors
/// If the database fails.
pub(crate) async fn arrived(
    state: &AppState,
    project_id: i64,
    (bucket, key): (&str, &str),
    upload_id: &str,
) -> Result<(), ApiError> {
    match usage::count_key(&state.db, &state.store, bucket, key).await {
        Ok(KeyCount::Counted) => {
            state
                .db
                .take_promise_back(project_id, key, upload_id)
                .await?;
        }
        Ok(KeyCount::NotYet | KeyCount::NoProject) => {
            state.db.promise_is_kept(project_id, upload_id).await?;
        }
        Err(error) => {
            tracing::warn!(project_id, key, %error, "an upload could not be counted");
            state.db.promise_is_kept(project_id, upload_id).await?;
        }
    }
    Ok(())
}
