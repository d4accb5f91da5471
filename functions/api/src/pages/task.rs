//! `/tasks/{user_task_id}`: one task: how it stands, what came of it, and what is done with it.

use askama::Template;
use axum::{
    Router,
    response::Response,
    routing::{get, post},
};
use divbase_contract::{
    history::{TaskHistoryItem, TaskStatus, Waiting, WaitsFor},
    tasks::{BcftoolsQueryKwargs, BcftoolsQueryResult},
};
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use url::form_urlencoded;

use super::{
    frame::Frame,
    pictures::{Figure, of_file, of_index},
    preview::{Pictured, Preview, Standing, look},
    respond::{Go, page},
    show,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{HistoryCaller, IdempotencyKey, Path, RequestId},
    routes::task_history::{
        by_id::{self, TaskPath},
        cancel, retry,
    },
    url_sessions::signer,
};

/// Sample names that an address can carry.
const MOST_IN_ADDRESS: usize = 50;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/tasks/{user_task_id}", get(show))
        .route("/tasks/{user_task_id}/cancel", post(stop))
        .route("/tasks/{user_task_id}/retry", post(again))
}

#[derive(Template)]
#[template(path = "task.html")]
struct Task {
    frame: Frame,
    task: TaskHistoryItem,
    query: Option<BcftoolsQueryKwargs>,
    result: Option<BcftoolsQueryResult>,
    /// What its file begins with.
    preview: Option<Preview>,
    /// What its records are like.
    figures: Vec<Figure>,
    /// Whether its file was deleted since.
    is_gone: bool,
    /// Addresses of its file and index, for other programs, and how many hours they hold.
    addresses: Option<(String, String)>,
    hours: u64,
}

/// Where a task stands that waits, in words.
fn place(waiting: &Waiting) -> String {
    let mut text = match waiting.position {
        1 => "It is the next of its queue".to_owned(),
        n => format!("{} tasks go before it", n - 1),
    };
    if let Some(start) = &waiting.expected_start {
        let start = show::instant(&Some(start.clone()));
        text.push_str(&format!("; it will probably begin at {start} UTC"));
    }
    let because = waiting.because.map(|what| match what {
        WaitsFor::PausedQueue => "An administrator has paused its queue.",
        WaitsFor::ProjectLimit => "Its project has as many tasks running as it may.",
        WaitsFor::UserLimit => "Its submitter has as many tasks running as they may.",
        WaitsFor::NextAttempt => "An attempt failed; another follows.",
    });
    text.push('.');
    if let Some(because) = because {
        text.push(' ');
        text.push_str(because);
    }
    text
}

impl Task {
    /// Reads the beginning of a result, for members of its project: administrators see tasks of all projects, and files of theirs.
    async fn look_at_result(&mut self, state: &AppState, user_id: i64) -> Result<(), ApiError> {
        let (Some(query), Some(result)) = (&self.query, &self.result) else {
            return Ok(());
        };
        let member = state.db.member(user_id, &query.project_name).await?;
        let Some((_, Some(project))) = member else {
            return Ok(());
        };
        match look(state, &project.bucket_name, result).await? {
            Standing::Gone => self.is_gone = true,
            Standing::There(preview, pictured) => {
                self.preview = preview;
                self.figures = drawn(result.output_file.clone(), pictured).await?;
                if let Some(index) = &result.index_file {
                    let signer = signer(state, &project).await?;
                    let sign = |key| signer.get(key, None, state.settings.urls.transfer);
                    self.addresses = Some((sign(&result.output_file).await?, sign(index).await?));
                }
            }
        }
        Ok(())
    }

    /// Percent that is done.
    fn percent(&self) -> Option<u8> {
        let fraction = self.task.progress.as_ref()?.fraction?;
        Some((fraction.clamp(0.0, 1.0) * 100.0).floor() as u8)
    }

    /// Why it failed, one text a reason.
    fn failures(&self) -> Vec<&str> {
        let failed = self.task.status == TaskStatus::Failure;
        let result = self.task.result.as_ref().filter(|_| failed);
        match result.map(|result| &result["exc_message"]) {
            Some(Value::String(text)) => vec![text],
            Some(Value::Array(texts)) => texts.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// What else came of it, as JSON.
    fn other(&self) -> Option<String> {
        let succeeded = self.task.status == TaskStatus::Success && self.result.is_none();
        let result = self.task.result.as_ref().filter(|_| succeeded)?;
        serde_json::to_string_pretty(result).ok()
    }

    /// The query's form, filled in with this query.
    fn changed(&self, query: &BcftoolsQueryKwargs) -> String {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        pairs.append_pair("command", &query.command);
        match (&query.tsv_filter, &query.samples) {
            (Some(filter), _) => {
                pairs
                    .append_pair("selection", "filter")
                    .append_pair("tsv_filter", filter);
                let table = query.metadata_tsv_name.as_deref();
                pairs.append_pair("metadata_tsv_name", table.unwrap_or_default());
            }
            (None, Some(names)) => {
                let names = names[..names.len().min(MOST_IN_ADDRESS)].join("\n");
                pairs
                    .append_pair("selection", "names")
                    .append_pair("samples", &names);
            }
            (None, None) => {
                pairs.append_pair("selection", "all");
            }
        }
        format!("/projects/{}/query?{}", query.project_name, pairs.finish())
    }
}

/// The pictures of a result. Counting a file is work, which keeps nobody else waiting.
async fn drawn(key: String, pictured: Pictured) -> Result<Vec<Figure>, ApiError> {
    let work = move || match pictured {
        Pictured::File(bytes) => of_file(&key, bytes),
        Pictured::Index(bytes) => of_index(&bytes).into_iter().collect(),
        Pictured::Nothing => Vec::new(),
    };
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(ApiError::internal)
}

async fn show(
    state: AppState,
    frame: Frame,
    caller: HistoryCaller,
    path: Path<TaskPath>,
) -> Result<Response, ApiError> {
    let user_id = caller.0.user.id;
    let found = by_id::handler(state.clone(), caller, path).await?.0;
    let task = found
        .into_iter()
        .next()
        .ok_or_else(|| ApiError::internal("no task"))?;
    let query = BcftoolsQueryKwargs::deserialize(&task.kwargs).ok();
    let is_done = query.is_some() && task.status == TaskStatus::Success;
    let result = task.result.as_ref().filter(|_| is_done);
    let result = result.and_then(|result| BcftoolsQueryResult::deserialize(result).ok());
    let mut shown = Task {
        frame,
        task,
        query,
        result,
        preview: None,
        figures: Vec::new(),
        is_gone: false,
        addresses: None,
        hours: state.settings.urls.transfer / 3600,
    };
    shown.look_at_result(&state, user_id).await?;
    Ok(page(StatusCode::OK, &shown))
}

async fn stop(
    state: AppState,
    caller: HistoryCaller,
    path: Path<TaskPath>,
) -> Result<Go, ApiError> {
    let number = path.0.user_task_id.0;
    let _ = cancel::handler(state, caller, path).await?;
    Ok(Go::to(format!("/tasks/{number}")).saying("The task is being cancelled."))
}

async fn again(
    state: AppState,
    request_id: RequestId,
    key: IdempotencyKey,
    caller: HistoryCaller,
    path: Path<TaskPath>,
) -> Result<Go, ApiError> {
    let old = path.0.user_task_id.0;
    let (_, new) = retry::handler(state, request_id, key, caller, path).await?;
    let text = format!("This is task {old} again.");
    Ok(Go::to(format!("/tasks/{}", new.0)).saying(&text))
}
