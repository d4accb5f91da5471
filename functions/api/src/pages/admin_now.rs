//! `/admin/`: queues, limits, the switch for submissions, workers, and whether mail arrives.

use askama::Template;
use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use divbase_contract::{
    operations::{QueueSwitch, Worker},
    task_admin::{LimitsChange, QueueChange, QueueState, TaskLimits},
};
use serde_json::{Map, Value, json};

use super::{
    fields::{Fields, typed},
    frame::Frame,
    pictures::{Figure, queues_over_time},
    respond::Go,
    show,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, Path},
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

async fn now(state: AppState, frame: Frame, admin: Admin) -> Result<Response, ApiError> {
    let queues = queues::list(state.clone(), admin.clone()).await?.0;
    let limits = limits::show(state.clone(), admin.clone()).await?.0;
    let switch = queue_status::show(state.clone(), admin.clone()).await?.0;
    let figures = queues_over_time(&state.db.queue_stretches(STRETCH, STRETCHES).await?);
    let workers = workers::handler(state, admin).await?.0;
    Ok(frame.page(|frame| Now {
        frame,
        queues,
        limits,
        switch,
        workers,
        figures,
    }))
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
        Err(error) => now(state, frame.refused(&error), admin).await,
    }
}

async fn switch(
    state: AppState,
    frame: Frame,
    admin: Admin,
    fields: Fields,
) -> Result<Response, ApiError> {
    let done = async {
        let closed = fields.typed("is_closed").map(|value| value == "true");
        let reason = fields.typed("reason_for_users");
        let to = typed::<QueueSwitch>(json!({"is_closed": closed, "reason_for_users": reason}))?;
        let set = queue_status::set(state.clone(), admin.clone(), to).await?.0;
        let now = if set.is_closed { "paused" } else { "open" };
        Ok(format!("Submissions are {now}."))
    };
    told(state.clone(), frame, admin.clone(), done.await).await
}

async fn send_letter(
    state: AppState,
    frame: Frame,
    admin: Admin,
    fields: Fields,
) -> Result<Response, ApiError> {
    let done = async {
        let email_to = fields.parse("email")?;
        let to = Path(test_email::To { email_to });
        let sent = test_email::handler(state.clone(), admin.clone(), to).await?;
        Ok(sent.0.message)
    };
    told(state.clone(), frame, admin.clone(), done.await).await
}

async fn pause(
    state: AppState,
    frame: Frame,
    admin: Admin,
    path: Path<QueuePath>,
    fields: Fields,
) -> Result<Response, ApiError> {
    let done = async {
        let paused = fields.typed("paused").map(|value| value == "true");
        let to = typed::<QueueChange>(json!({ "paused": paused }))?;
        let set = queues::change(state.clone(), admin.clone(), path, to).await?;
        let begin = if set.0.paused {
            "no longer begin"
        } else {
            "begin again"
        };
        Ok(format!("The tasks of the queue {} {begin}.", set.0.queue))
    };
    told(state.clone(), frame, admin.clone(), done.await).await
}

async fn limit(
    state: AppState,
    frame: Frame,
    admin: Admin,
    fields: Fields,
) -> Result<Response, ApiError> {
    let done = async {
        let mut wanted = Map::new();
        for name in LIMITS {
            if let Some(text) = fields.typed(name) {
                let number = text.parse::<i64>().map(Value::from);
                wanted.insert(name.to_owned(), number.unwrap_or_else(|_| text.into()));
            }
        }
        let to = typed::<LimitsChange>(Value::Object(wanted))?;
        let _ = limits::change(state.clone(), admin.clone(), to).await?;
        Ok("The limits are changed.".to_owned())
    };
    told(state.clone(), frame, admin.clone(), done.await).await
}
