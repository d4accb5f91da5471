//! `/admin/schedules`: what runs by itself, when, and what came of it.

use askama::Template;
use axum::{
    Router,
    response::Response,
    routing::{get, post},
};
use divbase_contract::operations::{Schedule, ScheduleChange, ScheduleExecution};
use serde_json::json;

use super::{
    fields::{Fields, typed},
    frame::Frame,
    respond::Go,
    show,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, Path, Query},
    routes::schedules::{Key, change, executions, list, trigger},
};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/admin/schedules", get(schedules))
        .route("/admin/schedules/{key}", get(runs))
        .route("/admin/schedules/{key}/set", post(set))
        .route("/admin/schedules/{key}/trigger", post(run))
}

#[derive(Template)]
#[template(path = "admin_schedules.html")]
struct Schedules {
    frame: Frame,
    schedules: Vec<Schedule>,
}

#[derive(Template)]
#[template(path = "admin_schedule.html")]
struct Runs {
    frame: Frame,
    one: Schedule,
    runs: Vec<ScheduleExecution>,
}

impl Runs {
    /// Its arguments as JSON.
    fn kwargs(&self) -> String {
        serde_json::to_string_pretty(&self.one.kwargs).unwrap_or_default()
    }

    fn seconds(&self, millis: &i64) -> String {
        show::seconds(&(*millis as f64 / 1e3))
    }
}

/// When a schedule runs, in words.
fn rhythm(schedule: &Schedule) -> String {
    match (&schedule.cron, schedule.interval_seconds) {
        (Some(cron), _) => format!("{cron} ({})", schedule.time_zone),
        (None, Some(seconds)) => format!("every {}", show::seconds(&(seconds as f64))),
        (None, None) => "never".to_owned(),
    }
}

async fn schedules(state: AppState, frame: Frame, admin: Admin) -> Result<Response, ApiError> {
    let schedules = list::handler(state, admin).await?.0;
    Ok(frame.page(|frame| Schedules { frame, schedules }))
}

async fn runs(
    state: AppState,
    frame: Frame,
    admin: Admin,
    path: Path<Key>,
) -> Result<Response, ApiError> {
    let one = list::one(state.clone(), admin.clone(), path.clone()).await?;
    let newest = Query(executions::Newest::default());
    let runs = executions::handler(state, admin, path, newest).await?.0;
    Ok(frame.page(|frame| Runs {
        frame,
        one: one.0,
        runs,
    }))
}

async fn set(
    state: AppState,
    admin: Admin,
    path: Path<Key>,
    fields: Fields,
) -> Result<Go, ApiError> {
    let enabled = fields.get("enabled") == "true";
    let change = typed::<ScheduleChange>(json!({"enabled": enabled}))?;
    let changed = change::handler(state, admin, path, change).await?.0;
    let what = if enabled { "runs again" } else { "is paused" };
    Ok(Go::to("/admin/schedules").saying(&format!("{} {what}.", changed.key)))
}

async fn run(state: AppState, admin: Admin, path: Path<Key>) -> Result<Go, ApiError> {
    let (_, made) = trigger::handler(state, admin, path).await?;
    let to = match made.0.task_id {
        Some(id) => format!("/tasks/{id}"),
        None => "/admin/schedules".to_owned(),
    };
    Ok(Go::to(to).saying("It runs now."))
}
