//! The queues: how much waits, and whether their tasks begin.

use std::sync::Arc;

use axum::Json;
use divbase_contract::task_admin::{QueueChange, QueueName, QueueState};
use divbase_tasks::{DeadLetterBox, Queue};
use futures::future::join_all;
use serde::Deserialize;

use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, JsonBody, Path},
};

/// Which queue.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct QueuePath {
    pub(crate) queue: QueueName,
}

/// The dead letters.
pub(super) fn letters(state: &AppState) -> DeadLetterBox {
    DeadLetterBox::new(state.db.clone(), Arc::clone(&state.queues))
}

/// The queue of this name.
pub(super) fn queue(name: QueueName) -> Queue {
    match name {
        QueueName::Quick => Queue::Quick,
        QueueName::Long => Queue::Long,
        QueueName::Heavy => Queue::Heavy,
    }
}

/// How much waits in each queue and since when, how much runs, and whether it is paused.
#[utoipa::path(get, path = "/queues", tag = "operations", operation_id = "list_queues",
    responses((status = 200, body = [QueueState]), crate::Refuses<401, 403>))]
pub(crate) async fn list(state: AppState, _: Admin) -> Result<Json<Vec<QueueState>>, ApiError> {
    Ok(Json(states(&state).await?))
}

async fn states(state: &AppState) -> Result<Vec<QueueState>, ApiError> {
    state.questions.queues.ask(&(), || read(state)).await
}

async fn read(state: &AppState) -> Result<Vec<QueueState>, ApiError> {
    let gauges = state.db.queue_gauges().await?;
    let held = state.db.held_by_queue().await?;
    let paused = state.db.limit_settings().await?.paused;
    let letters = letters(state);
    let dead = join_all(QueueName::ALL.map(|name| letters.count(queue(name)))).await;
    // What the database knows is told even if the queue service does not answer.
    let dead: Vec<Option<u64>> = dead
        .into_iter()
        .map(|count| {
            count
                .inspect_err(|error| tracing::warn!(%error, "dead letters cannot be counted"))
                .ok()
        })
        .collect();
    Ok(QueueName::ALL
        .into_iter()
        .zip(dead)
        .map(|(name, dead_letters)| {
            let name = name.as_str();
            let gauge = gauges.iter().find(|gauge| gauge.queue == name);
            let held = held.iter().find(|(queue, _)| queue == name);
            QueueState {
                queue: name.to_owned(),
                waiting: gauge.map_or(0, |gauge| gauge.waiting),
                held: held.map_or(0, |(_, held)| *held),
                oldest_seconds: gauge.map_or(0.0, |gauge| gauge.oldest_seconds),
                running: gauge.map_or(0, |gauge| gauge.running),
                paused: paused.iter().any(|queue| queue == name),
                dead_letters,
            }
        })
        .collect())
}

/// Pauses a queue, whose tasks no longer begin while those that run go on, or has them begin again, which takes until the next rescue:
/// some seconds with a long-lived worker, a minute with functions alone.
#[utoipa::path(put, path = "/queues/{queue}", tag = "operations", operation_id = "change_queue",
    params(("queue" = inline(QueueName), Path)), request_body = QueueChange,
    responses((status = 200, body = QueueState), crate::Refuses<401, 403, 422>))]
pub(crate) async fn change(
    state: AppState,
    Admin { by, .. }: Admin,
    Path(QueuePath { queue }): Path<QueuePath>,
    JsonBody(to): JsonBody<QueueChange>,
) -> Result<Json<QueueState>, ApiError> {
    state.db.pause_queue(queue.as_str(), to.paused, &by).await?;
    let found = states(&state).await?.into_iter();
    let mut found = found.filter(|one| one.queue == queue.as_str());
    found
        .next()
        .map(Json)
        .ok_or_else(|| ApiError::internal("no such queue"))
}
