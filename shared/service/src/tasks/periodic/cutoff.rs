//! Instants in the past.

use chrono::{DateTime, TimeDelta, Utc};
use divbase_tasks::TaskError;

/// The instant so long ago.
///
/// # Errors
/// If it lies outside of what can be written, or in the future.
pub(super) fn ago(field: &str, span: Option<TimeDelta>) -> Result<DateTime<Utc>, TaskError> {
    span.filter(|span| *span >= TimeDelta::zero())
        .and_then(|span| Utc::now().checked_sub_signed(span))
        .ok_or_else(|| TaskError::user(format!("`{field}` is out of range; use 0 or more")))
}
