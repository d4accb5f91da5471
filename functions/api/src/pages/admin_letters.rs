//! `/admin/dead-letters`: what was given up, why, and what is done about it.

use askama::Template;
use axum::{
    Json, Router,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use divbase_contract::task_admin::{DeadLetters, LetterChoice, LettersDone, QueueName};
use futures::future::try_join_all;
use serde::Deserialize;
use serde_json::json;

use super::{
    asked::Asked,
    fields::{Fields, typed},
    frame::Frame,
    respond::Go,
    show,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, JsonBody, Path},
    routes::operations::{dead_letters, queues::QueuePath},
};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/admin/dead-letters", get(list))
        .route("/admin/dead-letters/{queue}/redrive", post(redrive))
        .route("/admin/dead-letters/{queue}/discard", post(discard))
}

/// Of which queue; of all if absent.
#[derive(Deserialize)]
struct Which {
    queue: Option<QueueName>,
}

#[derive(Template)]
#[template(path = "admin_letters.html")]
struct Page {
    frame: Frame,
    queues: Vec<(QueueName, DeadLetters)>,
}

async fn list(
    state: AppState,
    frame: Frame,
    admin: Admin,
    asked: Asked,
) -> Result<Response, ApiError> {
    let Which { queue } = asked.decode()?;
    let queues = queue.map_or_else(|| QueueName::ALL.to_vec(), |one| vec![one]);
    view(state, frame, admin, queues).await
}

async fn view(
    state: AppState,
    frame: Frame,
    admin: Admin,
    names: Vec<QueueName>,
) -> Result<Response, ApiError> {
    let queues = try_join_all(names.into_iter().map(async |queue| {
        let path = Path(QueuePath { queue });
        let found = dead_letters::list(state.clone(), admin.clone(), path).await?;
        Ok::<_, ApiError>((queue, found.0))
    }));
    let queues = queues.await?;
    Ok(frame.page(|frame| Page { frame, queues }))
}

/// One letter, or all of them.
fn choice(fields: &Fields) -> Result<JsonBody<LetterChoice>, ApiError> {
    let letters = fields.typed("letter").map(|one| vec![one]);
    typed(json!({"letters": letters, "all": fields.has("all")}))
}

fn told(done: &LettersDone) -> String {
    let parts = [
        (done.retried.len(), "run again"),
        (done.announced.len(), "announced again"),
        (done.settled, "needed nothing"),
        (done.discarded, "thrown away"),
        (done.left, "left as they are"),
    ];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let words: Vec<String> = parts
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    match (words.is_empty(), done.more) {
        (true, _) => "No such letter was found.".to_owned(),
        (false, false) => format!("Letters: {}.", words.join(", ")),
        (false, true) => format!("Letters: {}. There may be more.", words.join(", ")),
    }
}

async fn redrive(
    state: AppState,
    frame: Frame,
    admin: Admin,
    path: Path<QueuePath>,
    fields: Fields,
) -> Result<Response, ApiError> {
    let queue = path.0.queue;
    let done =
        async { dead_letters::redrive(state.clone(), admin.clone(), path, choice(&fields)?).await };
    after(state.clone(), frame, admin.clone(), queue, done.await).await
}

async fn discard(
    state: AppState,
    frame: Frame,
    admin: Admin,
    path: Path<QueuePath>,
    fields: Fields,
) -> Result<Response, ApiError> {
    let queue = path.0.queue;
    let done =
        async { dead_letters::discard(state.clone(), admin.clone(), path, choice(&fields)?).await };
    after(state.clone(), frame, admin.clone(), queue, done.await).await
}

async fn after(
    state: AppState,
    frame: Frame,
    admin: Admin,
    queue: QueueName,
    done: Result<Json<LettersDone>, ApiError>,
) -> Result<Response, ApiError> {
    match done {
        Ok(Json(done)) => Ok(Go::to("/admin/dead-letters")
            .saying(&told(&done))
            .into_response()),
        Err(error) => view(state, frame.refused(&error), admin, vec![queue]).await,
    }
}
