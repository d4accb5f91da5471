//! Work that has to end although the client has gone away. The server drops a handler then, in the middle of whatever it
//! does, and between the store and the database that leaves what nobody knows of.

use tracing::Instrument;

use crate::error::ApiError;

/// Does the work to its end; whoever waits for it may stop waiting.
///
/// # Errors
/// Those of the work; 500 if it panics.
pub(crate) async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, ApiError>> + Send + 'static,
) -> Result<T, ApiError> {
    let done = tokio::spawn(work.in_current_span()).await;
    done.unwrap_or_else(|error| Err(ApiError::internal(error)))
}
