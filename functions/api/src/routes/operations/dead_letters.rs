//! Dead letters: what was given up, why, and what is done about it.

use std::collections::{BTreeMap, HashSet};

use axum::Json;
use divbase_contract::{
    field::{LetterId, excerpt},
    task_admin::{BulkDone, DeadLetter, DeadLetters, LETTERS_MAX, LetterChoice, LettersDone},
};
use divbase_db::tasks::LetterTask;
use divbase_tasks::{self as tasks, Letters, Queue, RelayError};
use http::StatusCode;

use super::queues::{QueuePath, letters, queue};
use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, JsonBody, Path},
};

/// The dead letters of a queue, oldest first, at most 100 of them, each with why it lies there. Letters that somebody else looks at in
/// the same moment may be missing.
#[utoipa::path(get, path = "/dead-letters/{queue}", tag = "operations", operation_id = "list_dead_letters",
    params(("queue" = inline(divbase_contract::task_admin::QueueName), Path)),
    responses((status = 200, body = DeadLetters), crate::Refuses<401, 403, 422, 503>))]
pub(crate) async fn list(
    state: AppState,
    _: Admin,
    Path(path): Path<QueuePath>,
) -> Result<Json<DeadLetters>, ApiError> {
    let (queue, questions) = (queue(path.queue), &state.questions);
    let read = || read(&state, queue);
    questions.letters.ask(&queue.as_str(), read).await.map(Json)
}

async fn read(state: &AppState, queue: Queue) -> Result<DeadLetters, ApiError> {
    let listed = letters(state).list(queue, LETTERS_MAX).await;
    let (found, count) = listed.map_err(silent)?;
    let ids: Vec<i64> = found
        .iter()
        .filter_map(tasks::DeadLetter::task_id)
        .collect();
    let known: BTreeMap<i64, LetterTask> = state
        .db
        .letter_tasks(&ids)
        .await?
        .into_iter()
        .map(|task| (task.id, task))
        .collect();
    let shown = found.into_iter().map(|letter| {
        let task_id = letter.task_id();
        let task = task_id.and_then(|id| known.get(&id));
        DeadLetter {
            reason: reason(&letter, task),
            id: letter.id,
            queue: queue.as_str().to_owned(),
            sent_at: letter.sent_at,
            task_id,
            name: task.map(|task| task.name.clone()),
            status: task.map(|task| task.status),
            project: task.and_then(|task| task.project.clone()),
            user: task.and_then(|task| task.user.clone()),
            retried_as: task.and_then(|task| task.retried_as),
        }
    });
    let letters: Vec<DeadLetter> = shown.collect();
    let count = count.max(letters.len() as u64);
    Ok(DeadLetters { letters, count })
}

/// Why a letter lies where it lies.
fn reason(letter: &tasks::DeadLetter, task: Option<&LetterTask>) -> String {
    let (Some(task_id), Some(task)) = (letter.task_id(), task) else {
        return match letter.task_id() {
            Some(id) => format!("There is no task {id} any more."),
            None => format!("This is no message of ours: `{}`", excerpt(&letter.body)),
        };
    };
    if !task.status.is_final() {
        return format!(
            "The message was delivered too often while task {task_id} was {}.",
            task.status
        );
    }
    let failure = task.result.as_ref();
    let text = |value: Option<&serde_json::Value>| {
        value
            .and_then(serde_json::Value::as_str)
            .map(excerpt)
            .unwrap_or_default()
    };
    let class = text(failure.and_then(|failure| failure.get("exc_type")));
    let message = text(failure.and_then(|failure| failure.get("exc_message")?.get(0)));
    if class.is_empty() {
        format!("Task {task_id} ended as {}.", task.status)
    } else {
        format!("{class}: {message} (attempt {})", task.attempts)
    }
}

/// Runs the tasks of dead letters again, each as a new task and at most once; tasks that have not ended are announced again. A call
/// looks at 100 letters.
#[utoipa::path(post, path = "/dead-letters/{queue}/redrive", tag = "operations", operation_id = "redrive_dead_letters",
    params(("queue" = inline(divbase_contract::task_admin::QueueName), Path)), request_body = LetterChoice,
    responses((status = 200, body = LettersDone), crate::Refuses<401, 403, 422, 503>))]
pub(crate) async fn redrive(
    state: AppState,
    Admin { by, .. }: Admin,
    Path(path): Path<QueuePath>,
    JsonBody(choice): JsonBody<LetterChoice>,
) -> Result<Json<LettersDone>, ApiError> {
    let which = which(choice)?;
    let done = letters(&state)
        .redrive(queue(path.queue), &which, LETTERS_MAX, &by)
        .await
        .map_err(failed)?;
    Ok(Json(told(done)))
}

/// Throws dead letters away; their tasks stay in history as they are. A call looks at 100 letters.
#[utoipa::path(post, path = "/dead-letters/{queue}/discard", tag = "operations", operation_id = "discard_dead_letters",
    params(("queue" = inline(divbase_contract::task_admin::QueueName), Path)), request_body = LetterChoice,
    responses((status = 200, body = LettersDone), crate::Refuses<401, 403, 422, 503>))]
pub(crate) async fn discard(
    state: AppState,
    Admin { by, .. }: Admin,
    Path(path): Path<QueuePath>,
    JsonBody(choice): JsonBody<LetterChoice>,
) -> Result<Json<LettersDone>, ApiError> {
    let which = which(choice)?;
    let done = letters(&state)
        .discard(queue(path.queue), &which, LETTERS_MAX, &by)
        .await
        .map_err(failed)?;
    Ok(Json(told(done)))
}

fn which(choice: LetterChoice) -> Result<Letters, ApiError> {
    match (choice.letters, choice.all) {
        (Some(ids), false) => {
            let ids = ids.into_items().into_iter().map(LetterId::into);
            Ok(Letters::These(ids.collect::<HashSet<String>>()))
        }
        (None, true) => Ok(Letters::All),
        _ => Err(ApiError::field("body", "give one of `letters` and `all`")),
    }
}

fn told(done: tasks::LettersDone) -> LettersDone {
    LettersDone {
        retried: done
            .retried
            .into_iter()
            .map(|(task_id, new)| BulkDone {
                task_id,
                new_task_id: Some(new),
            })
            .collect(),
        announced: done.announced,
        settled: done.settled,
        discarded: done.discarded,
        left: done.left,
        more: done.more,
    }
}

fn silent(error: tasks::QueueError) -> ApiError {
    tracing::warn!(%error, "dead letters cannot be read");
    ApiError::http(
        StatusCode::SERVICE_UNAVAILABLE,
        "The queue does not answer. Try again in a moment.",
    )
}

fn failed(error: RelayError) -> ApiError {
    match error {
        RelayError::Db(error) => error.into(),
        RelayError::Queue(error) => silent(error),
    }
}
