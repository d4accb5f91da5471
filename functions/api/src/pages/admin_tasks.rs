//! `/admin/tasks`: tasks of every kind with filters, and what is done with all that a filter finds.

use std::time::{Duration, Instant};

use askama::Template;
use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use divbase_contract::{
    history::{TaskHistoryItem, TaskKind, TaskStatus},
    task_admin::{BulkOutcome, BulkRequest},
};
use serde_json::{Map, Value, json};

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
    extract::{Admin, JsonBody, Query},
    routes::operations::{bulk, tasks},
};

/// How long a form goes on with pieces before it says that there are more.
const PATIENCE: Duration = Duration::from_secs(5);
/// Fields of the filter.
const FILTER: [&str; 9] = [
    "status", "kind", "name", "user", "project", "since", "until", "text", "batch",
];

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/admin/tasks", get(list))
        .route("/admin/tasks/cancel", post(cancel))
        .route("/admin/tasks/retry", post(retry))
}

#[derive(Template)]
#[template(path = "admin_tasks.html")]
struct Tasks {
    frame: Frame,
    asked: Asked,
    tasks: Vec<TaskHistoryItem>,
    /// Query string of the next page.
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "admin_bulk.html")]
struct Confirm {
    frame: Frame,
    what: What,
    /// The filter, as it was given.
    filter: Vec<(&'static str, String)>,
    counted: BulkOutcome,
    /// The list that the form was sent from.
    back: String,
}

/// What is done with the tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Cancel,
    Retry,
}

impl What {
    const fn path(self) -> &'static str {
        match self {
            Self::Cancel => "cancel",
            Self::Retry => "retry",
        }
    }

    const fn button(self) -> &'static str {
        match self {
            Self::Cancel => "Cancel them",
            Self::Retry => "Run them again",
        }
    }
}

/// A time as a browser's field has it (to the minute, in UTC) as RFC 3339.
fn whole_time(text: &str) -> String {
    match text.len() {
        16 => format!("{text}:00Z"),
        _ => text.to_owned(),
    }
}

impl Tasks {
    fn is(&self, name: &str, value: &str) -> bool {
        self.asked.get(name) == value
    }

    /// The filter's fields that were filled in.
    fn filter(&self) -> Vec<(&'static str, &str)> {
        let given = FILTER.map(|name| (name, self.asked.get(name)));
        given
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .collect()
    }

    fn options(&self) -> String {
        options(self.filter().into_iter())
    }

    fn project<'a>(&self, task: &'a TaskHistoryItem) -> &'a str {
        task.kwargs["project_name"].as_str().unwrap_or_default()
    }
}

impl Confirm {
    fn options(&self) -> String {
        let given = self.filter.iter();
        options(given.map(|(name, value)| (*name, value.as_str())))
    }
}

/// The filter as options of a command.
fn options<'a>(filter: impl Iterator<Item = (&'static str, &'a str)>) -> String {
    let options = filter.map(|(name, value)| {
        let value = match name {
            "status" if value == TaskStatus::Pending.as_str() => "queuing".to_owned(),
            "status" => value.to_ascii_lowercase(),
            "since" | "until" => whole_time(value),
            _ => value.to_owned(),
        };
        format!("--{name} {}", show::word(&value))
    });
    options.collect::<Vec<_>>().join(" ")
}

async fn list(
    state: AppState,
    frame: Frame,
    admin: Admin,
    asked: Asked,
) -> Result<Response, ApiError> {
    let exact = asked.mapped(&["since", "until"], whole_time);
    let (query, batch) = (Query(exact.decode()?), Query(exact.decode()?));
    let found = tasks::handler(state, admin, query, batch).await?.0;
    let next = found.next.map(|id| asked.with("before", &id.to_string()));
    let tasks = found.tasks;
    Ok(frame.page(|frame| Tasks {
        frame,
        asked,
        tasks,
        next,
    }))
}

async fn cancel(
    state: AppState,
    frame: Frame,
    admin: Admin,
    fields: Fields,
) -> Result<Response, ApiError> {
    deal(state, frame, admin, What::Cancel, fields).await
}

async fn retry(
    state: AppState,
    frame: Frame,
    admin: Admin,
    fields: Fields,
) -> Result<Response, ApiError> {
    deal(state, frame, admin, What::Retry, fields).await
}

/// Counts what the filter finds and asks; once that is confirmed, does it piece by piece.
async fn deal(
    state: AppState,
    frame: Frame,
    admin: Admin,
    what: What,
    fields: Fields,
) -> Result<Response, ApiError> {
    let filter: Vec<(&'static str, String)> = FILTER
        .into_iter()
        .filter_map(|name| Some((name, fields.typed(name)?.to_owned())))
        .collect();
    let back = list_of(&filter);
    if fields.typed("confirm") != Some("yes") {
        let counted = piece(&state, &admin, what, request(&filter, None, true)?).await?;
        return Ok(frame.page(|frame| Confirm {
            frame,
            what,
            filter,
            counted,
            back,
        }));
    }
    let begun = Instant::now();
    let (mut done, mut left) = (0, 0);
    let mut next = None;
    loop {
        let outcome = piece(&state, &admin, what, request(&filter, next, false)?).await?;
        done += outcome.done.len();
        left += outcome.left.len();
        next = outcome.next;
        if next.is_none() || begun.elapsed() > PATIENCE {
            break;
        }
    }
    let mut text = match what {
        What::Cancel => format!("{done} tasks were cancelled or asked to stop."),
        What::Retry => format!("{done} tasks run again."),
    };
    if left > 0 {
        text.push_str(&format!(" {left} were left as they are."));
    }
    if next.is_some() {
        text.push_str(" There are more: do it again.");
    }
    Ok(Go::to(back).saying(&text).into_response())
}

/// The list that the filter shows.
fn list_of(filter: &[(&'static str, String)]) -> String {
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    pairs.extend_pairs(filter);
    format!("/admin/tasks?{}", pairs.finish())
}

fn request(
    filter: &[(&'static str, String)],
    before: Option<i64>,
    dry_run: bool,
) -> Result<JsonBody<BulkRequest>, ApiError> {
    typed(json!({"filter": wire(filter), "before": before, "dry_run": dry_run}))
}

async fn piece(
    state: &AppState,
    admin: &Admin,
    what: What,
    request: JsonBody<BulkRequest>,
) -> Result<BulkOutcome, ApiError> {
    let (state, admin) = (state.clone(), admin.clone());
    Ok(match what {
        What::Cancel => bulk::cancel(state, admin, request).await?.0,
        What::Retry => bulk::retry(state, admin, request).await?.0,
    })
}

/// The filter as the JSON route takes it.
fn wire(filter: &[(&'static str, String)]) -> Map<String, Value> {
    let fields = filter.iter().map(|(name, text)| {
        let value = match *name {
            "batch" => text
                .parse::<i64>()
                .map_or_else(|_| Value::from(text.as_str()), Value::from),
            "since" | "until" => whole_time(text).into(),
            _ => text.as_str().into(),
        };
        ((*name).to_owned(), value)
    });
    fields.collect()
}
