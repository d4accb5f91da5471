//! `/admin/schedules`: what runs by itself, when, and what came of it.

use askama::Template;
use axum::{
    Router,
    extract::State,
    response::Response,
    routing::{get, post},
};
use divbase_contract::operations::{Schedule, ScheduleChange, ScheduleExecution};
use http::StatusCode;
use serde_json::json;

use super::{
    fields::{Fields, typed},
    frame::Frame,
    respond::{Go, page},
    show,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, Origin, Path, Query},
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
    tab: &'static str,
    schedules: Vec<Schedule>,
}

#[derive(Template)]
#[template(path = "admin_schedule.html")]
struct Runs {
    frame: Frame,
    tab: &'static str,
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

async fn schedules(
    State(state): State<AppState>,
    frame: Frame,
    admin: Admin,
) -> Result<Response, ApiError> {
    let schedules = list::handler(State(state), admin).await?.0;
    let tab = "schedules";
    Ok(page(
        StatusCode::OK,
        &Schedules {
            frame,
            tab,
            schedules,
        },
    ))
}

async fn runs(
    State(state): State<AppState>,
    frame: Frame,
    admin: Admin,
    path: Path<Key>,
) -> Result<Response, ApiError> {
    let one = list::one(State(state.clone()), admin.clone(), path.clone())
        .await?
        .0;
    let newest = Query(executions::Newest::default());
    let runs = executions::handler(State(state), admin, path, newest)
        .await?
        .0;
    let tab = "schedules";
    Ok(page(
        StatusCode::OK,
        &Runs {
            frame,
            tab,
            one,
            runs,
        },
    ))
}

async fn set(
    State(state): State<AppState>,
    admin: Admin,
    origin: Origin,
    path: Path<Key>,
    fields: Fields,
) -> Result<Go, ApiError> {
    let enabled = fields.get("enabled") == "true";
    let change = typed::<ScheduleChange>(json!({"enabled": enabled}))?;
    let changed = change::handler(State(state), admin, origin, path, change)
        .await?
        .0;
    let what = if enabled { "runs again" } else { "is paused" };
    Ok(Go::to("/admin/schedules").saying(&format!("{} {what}.", changed.key)))
}

async fn run(
    State(state): State<AppState>,
    admin: Admin,
    origin: Origin,
    path: Path<Key>,
) -> Result<Go, ApiError> {
    let (_, made) = trigger::handler(State(state), admin, origin, path).await?;
    let to = match made.0.task_id {
        Some(id) => format!("/tasks/{id}"),
        None => "/admin/schedules".to_owned(),
    };
    Ok(Go::to(to).saying("It runs now."))
}
