//! `/admin/`: queues, limits, the switch for submissions, workers, and whether mail arrives.

use askama::Template;
use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use divbase_contract::{
    operations::{QueueSwitch, Worker},
    task_admin::{LimitsChange, QueueChange, QueueState, TaskLimits},
};
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{
    fields::{Fields, typed},
    frame::Frame,
    pictures::{Figure, queues_over_time},
    respond::{Go, page},
    show,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, Origin, Path},
    routes::operations::{
        limits, queue_status,
        queues::{self, QueuePath},
        workers,
    },
    routes::test_email,
};

/// Seconds of a bar of the pictures, and bars: a day.
pub(super) const STRETCH: u32 = 900;
pub(super) const STRETCHES: u32 = 96;

/// Fields of the form of limits.
const LIMITS: [&str; 4] = [
    "running_per_project",
    "running_per_user",
    "waiting_per_project",
    "waiting_per_user",
];

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/admin/", get(now))
        .route("/admin/submissions", post(switch))
        .route("/admin/limits", post(limit))
        .route("/admin/queues/{queue}", post(pause))
        .route("/admin/test-email", post(send_letter))
}

#[derive(Template)]
#[template(path = "admin_now.html")]
struct Now {
    frame: Frame,
    tab: &'static str,
    problems: Vec<String>,
    queues: Vec<QueueState>,
    limits: TaskLimits,
    switch: QueueSwitch,
    workers: Vec<Worker>,
    /// Depth and age of each queue over the last day.
    figures: Vec<Figure>,
}

impl Now {
    fn waits(&self, queue: &QueueState) -> bool {
        queue.waiting > 0
    }

    fn has_letters(&self, queue: &QueueState) -> bool {
        queue.dead_letters != Some(0)
    }
}

async fn now(
    State(state): State<AppState>,
    frame: Frame,
    admin: Admin,
) -> Result<Response, ApiError> {
    view(state, frame, admin, None).await
}

async fn view(
    state: AppState,
    frame: Frame,
    admin: Admin,
    refused: Option<ApiError>,
) -> Result<Response, ApiError> {
    let queues = queues::list(State(state.clone()), admin.clone()).await?.0;
    let limits = limits::show(State(state.clone()), admin.clone()).await?.0;
    let switch = queue_status::show(State(state.clone()), admin.clone())
        .await?
        .0;
    let figures = queues_over_time(&state.db.queue_stretches(STRETCH, STRETCHES).await?);
    let workers = workers::handler(State(state), admin).await?.0;
    let (status, problems) = match refused {
        Some(error) => (error.status(), error.words()),
        None => (StatusCode::OK, Vec::new()),
    };
    let now = Now {
        frame,
        tab: "now",
        problems,
        queues,
        limits,
        switch,
        workers,
        figures,
    };
    Ok(page(status, &now))
}

/// Says what was done, or shows the page with what was wrong.
async fn told(
    state: AppState,
    frame: Frame,
    admin: Admin,
    done: Result<String, ApiError>,
) -> Result<Response, ApiError> {
    match done {
        Ok(text) => Ok(Go::to("/admin/").saying(&text).into_response()),
        Err(error) => view(state, frame, admin, Some(error)).await,
    }
}

async fn switch(
    State(state): State<AppState>,
    frame: Frame,
    admin: Admin,
    fields: Fields,
) -> Result<Response, ApiError> {
    let set = async |admin: Admin| -> Result<String, ApiError> {
        let closed = fields.typed("is_closed").map(|value| value == "true");
        let reason = fields.typed("reason_for_users");
        let to = typed::<QueueSwitch>(json!({"is_closed": closed, "reason_for_users": reason}))?;
        let set = queue_status::set(State(state.clone()), admin, to).await?.0;
        Ok(if set.is_closed {
            "Submissions are paused.".to_owned()
        } else {
            "Submissions are open.".to_owned()
        })
    };
    let done = set(admin.clone()).await;
    told(state.clone(), frame, admin, done).await
}

async fn send_letter(
    State(state): State<AppState>,
    frame: Frame,
    admin: Admin,
    origin: Origin,
    fields: Fields,
) -> Result<Response, ApiError> {
    let send = async |admin: Admin| -> Result<String, ApiError> {
        let email_to = fields.parse("email")?;
        let to = Path(test_email::To { email_to });
        let sent = test_email::handler(State(state.clone()), admin, origin, to).await?;
        Ok(sent.0.message)
    };
    let done = send(admin.clone()).await;
    told(state.clone(), frame, admin, done).await
}

async fn pause(
    State(state): State<AppState>,
    frame: Frame,
    admin: Admin,
    origin: Origin,
    path: Path<QueuePath>,
    fields: Fields,
) -> Result<Response, ApiError> {
    let set = async |admin: Admin| -> Result<String, ApiError> {
        let paused = fields.typed("paused").map(|value| value == "true");
        let to = typed::<QueueChange>(json!({ "paused": paused }))?;
        let set = queues::change(State(state.clone()), admin, origin, path, to)
            .await?
            .0;
        Ok(if set.paused {
            format!("The tasks of the queue {} no longer begin.", set.queue)
        } else {
            format!("The tasks of the queue {} begin again.", set.queue)
        })
    };
    let done = set(admin.clone()).await;
    told(state.clone(), frame, admin, done).await
}

async fn limit(
    State(state): State<AppState>,
    frame: Frame,
    admin: Admin,
    origin: Origin,
    fields: Fields,
) -> Result<Response, ApiError> {
    let set = async |admin: Admin| -> Result<String, ApiError> {
        let mut wanted = Map::new();
        for name in LIMITS {
            if let Some(text) = fields.typed(name) {
                let number = text.parse::<i64>().map(Value::from);
                wanted.insert(name.to_owned(), number.unwrap_or_else(|_| text.into()));
            }
        }
        let to = typed::<LimitsChange>(Value::Object(wanted))?;
        let _ = limits::change(State(state.clone()), admin, origin, to).await?;
        Ok("The limits are changed.".to_owned())
    };
    let done = set(admin.clone()).await;
    told(state.clone(), frame, admin, done).await
}
