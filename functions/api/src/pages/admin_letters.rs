//! `/admin/dead-letters`: what was given up, why, and what is done about it.

use askama::Template;
use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use divbase_contract::task_admin::{DeadLetters, LetterChoice, LettersDone, QueueName};
use futures::future::try_join_all;
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::{
    asked::Asked,
    fields::{Fields, typed},
    frame::Frame,
    respond::{Go, page},
    show,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, Origin, Path},
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
    tab: &'static str,
    problems: Vec<String>,
    queues: Vec<(QueueName, DeadLetters)>,
}

async fn list(
    State(state): State<AppState>,
    frame: Frame,
    admin: Admin,
    asked: Asked,
) -> Result<Response, ApiError> {
    let Which { queue } = asked.decode()?;
    let queues = queue.map_or_else(|| QueueName::ALL.to_vec(), |one| vec![one]);
    view(state, frame, admin, queues, None).await
}

async fn view(
    state: AppState,
    frame: Frame,
    admin: Admin,
    names: Vec<QueueName>,
    refused: Option<ApiError>,
) -> Result<Response, ApiError> {
    let queues = try_join_all(names.into_iter().map(async |queue| {
        let path = Path(QueuePath { queue });
        let found = dead_letters::list(State(state.clone()), admin.clone(), path).await?;
        Ok::<_, ApiError>((queue, found.0))
    }));
    let queues = queues.await?;
    let (status, problems) = match refused {
        Some(error) => (error.status(), error.words()),
        None => (StatusCode::OK, Vec::new()),
    };
    let shown = Page {
        frame,
        tab: "letters",
        problems,
        queues,
    };
    Ok(page(status, &shown))
}

/// One letter, or all of them.
fn choice(fields: &Fields) -> serde_json::Value {
    let letters = fields.typed("letter").map(|one| vec![one]);
    json!({"letters": letters, "all": fields.has("all")})
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
    State(state): State<AppState>,
    frame: Frame,
    admin: Admin,
    origin: Origin,
    path: Path<QueuePath>,
    fields: Fields,
) -> Result<Response, ApiError> {
    let queue = path.0.queue;
    let act = async |admin: Admin| -> Result<LettersDone, ApiError> {
        let body = typed::<LetterChoice>(choice(&fields))?;
        let done = dead_letters::redrive(State(state.clone()), admin, origin, path, body).await?;
        Ok(done.0)
    };
    let done = act(admin.clone()).await;
    after(state.clone(), frame, admin, queue, done).await
}

async fn discard(
    State(state): State<AppState>,
    frame: Frame,
    admin: Admin,
    origin: Origin,
    path: Path<QueuePath>,
    fields: Fields,
) -> Result<Response, ApiError> {
    let queue = path.0.queue;
    let act = async |admin: Admin| -> Result<LettersDone, ApiError> {
        let body = typed::<LetterChoice>(choice(&fields))?;
        let done = dead_letters::discard(State(state.clone()), admin, origin, path, body).await?;
        Ok(done.0)
    };
    let done = act(admin.clone()).await;
    after(state.clone(), frame, admin, queue, done).await
}

async fn after(
    state: AppState,
    frame: Frame,
    admin: Admin,
    queue: QueueName,
    done: Result<LettersDone, ApiError>,
) -> Result<Response, ApiError> {
    match done {
        Ok(done) => Ok(Go::to("/admin/dead-letters")
            .saying(&told(&done))
            .into_response()),
        Err(error) => view(state, frame, admin, vec![queue], Some(error)).await,
    }
}
