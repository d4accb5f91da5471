//! `/tasks/` and `/projects/{project_name}/tasks`: what became of tasks, newest first.

use askama::Template;
use axum::{Router, response::Response, routing::get};
use divbase_contract::{
    history::{TaskHistoryItem, TaskStatus},
    limits::HISTORY_DEFAULT_PAGE,
};

use super::{asked::Asked, frame::Frame, head::Head, show};
use crate::{
    AppState,
    error::ApiError,
    extract::{HistoryCaller, ManageRole, Project, Query, QueryRole},
    routes::task_history::{list_query::ListQuery, lists},
};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/tasks/", get(own))
        .route("/projects/{project_name}/tasks", get(of_a_project))
}

#[derive(Template)]
#[template(path = "tasks.html")]
struct Tasks {
    frame: Frame,
    /// None for the tasks of the reader in all projects.
    head: Option<Head>,
    asked: Asked,
    tasks: Vec<TaskHistoryItem>,
    /// Query string of the next page.
    next: Option<String>,
}

impl Tasks {
    fn of(frame: Frame, head: Option<Head>, asked: Asked, tasks: Vec<TaskHistoryItem>) -> Response {
        let is_full = i64::try_from(tasks.len()).is_ok_and(|count| count >= HISTORY_DEFAULT_PAGE);
        let last = tasks.last().filter(|_| is_full);
        let next = last.map(|task| asked.with("before", &task.id.to_string()));
        frame.page(|frame| Self {
            frame,
            head,
            asked,
            tasks,
            next,
        })
    }

    fn project<'a>(&self, task: &'a TaskHistoryItem) -> &'a str {
        task.kwargs["project_name"].as_str().unwrap_or_default()
    }
}

async fn own(
    state: AppState,
    frame: Frame,
    caller: HistoryCaller,
    asked: Asked,
) -> Result<Response, ApiError> {
    let query: ListQuery = asked.decode()?;
    let tasks = lists::of_user(state, caller, Query(query)).await?.0;
    Ok(Tasks::of(frame, None, asked, tasks))
}

/// All tasks for managers, their own for others.
async fn of_a_project(
    state: AppState,
    frame: Frame,
    asked: Asked,
    call: Project<QueryRole>,
) -> Result<Response, ApiError> {
    let query: ListQuery = asked.decode()?;
    let head = Some(Head::of(&call.project, "tasks"));
    let tasks = match call.as_role::<ManageRole>() {
        Ok(managing) => lists::of_project(state, Query(query), managing).await?,
        Err(_) => lists::of_user_in_project(state, Query(query), call).await?,
    };
    Ok(Tasks::of(frame, head, asked, tasks.0))
}
