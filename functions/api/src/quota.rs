//! Whether a project may take more.

use divbase_db::Room;
use http::StatusCode;

use crate::{AppState, error::ApiError};

/// Promises a project room for so many bytes; gives the number of the promise.
///
/// # Errors
/// 413 with the numbers if it would hold more than its quota.
pub(crate) async fn room(state: &AppState, project_id: i64, bytes: u64) -> Result<i64, ApiError> {
    let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
    match state.db.promise_room(project_id, bytes).await? {
        Room::Promised(id) => Ok(id),
        Room::Full { used, quota } => Err(ApiError::http(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!(
                "The project may hold {quota} bytes; it holds {used}, uploads that are under way included, and this would \
                 add {bytes}. Delete files that are not needed, or ask an administrator for a larger quota."
            ),
        )),
    }
}
