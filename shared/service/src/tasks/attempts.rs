//! What is left of an attempt for the next.

use divbase_contract::limits::pieces_prefix;
use divbase_tasks::{Stop, TaskError};

use crate::Context;

/// Whether another attempt may follow, so that nothing is to be told yet.
pub(super) fn tries_again<T>(ctx: &Context, outcome: &Result<T, TaskError>) -> bool {
    match outcome {
        Err(TaskError::Stopped) => ctx.stop.reason() != Some(Stop::SoftLimit),
        Err(TaskError::Transient(_) | TaskError::Snooze { .. }) => true,
        _ => false,
    }
}

/// Destroys what the children of this task left.
pub(super) async fn clear(ctx: &Context, bucket: &str) {
    // Another attempt may be putting the same pieces together.
    if ctx.stop.reason() == Some(Stop::LeaseLost) {
        return;
    }
    let prefix = pieces_prefix(ctx.task.fence.task_id);
    let store = &ctx.services.store;
    if let Err(error) = store.destroy_below(bucket, &prefix).await {
        tracing::warn!(%error, "what the children left is for the daily clean-up");
    }
}
