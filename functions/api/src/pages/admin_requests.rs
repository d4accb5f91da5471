//! `/admin/project-requests`: projects that people ask for: making them, or saying why not.

use askama::Template;
use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use divbase_contract::project_requests::{ApproveRequest, DeclineRequest, ProjectRequest};
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
    extract::{Admin, Origin, Path, Query, SignedIn},
    routes::{
        numbers::ProjectRequestPath, paging::Paging, project_requests, projects::list::Which,
    },
};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/admin/project-requests", get(list))
        .route(
            "/admin/project-requests/{request_id}/approve",
            post(approve),
        )
        .route(
            "/admin/project-requests/{request_id}/decline",
            post(decline),
        )
}

#[derive(Template)]
#[template(path = "admin_requests.html")]
struct Page {
    frame: Frame,
    tab: &'static str,
    problems: Vec<String>,
    requests: Vec<ProjectRequest>,
    next: Option<i64>,
}

async fn list(
    State(state): State<AppState>,
    frame: Frame,
    Admin(user): Admin,
    paging: Query<Paging>,
) -> Result<Response, ApiError> {
    view(state, frame, SignedIn(user), paging, None).await
}

async fn view(
    state: AppState,
    frame: Frame,
    caller: SignedIn,
    paging: Query<Paging>,
    refused: Option<ApiError>,
) -> Result<Response, ApiError> {
    let every = Query(Which { all: true });
    let found = project_requests::list(State(state), caller, every, paging)
        .await?
        .0;
    let (status, problems) = match refused {
        Some(error) => (error.status(), error.words()),
        None => (StatusCode::OK, Vec::new()),
    };
    let shown = Page {
        frame,
        tab: "requests",
        problems,
        requests: found.requests,
        next: found.next,
    };
    Ok(page(status, &shown))
}

/// Says what was done, or shows the page with what was wrong.
async fn told(
    state: AppState,
    frame: Frame,
    admin: Admin,
    done: Result<String, ApiError>,
) -> Result<Response, ApiError> {
    match done {
        Ok(text) => Ok(Go::to("/admin/project-requests")
            .saying(&text)
            .into_response()),
        Err(error) => {
            let first = Query(Paging::default());
            view(state, frame, SignedIn(admin.0), first, Some(error)).await
        }
    }
}

async fn approve(
    State(state): State<AppState>,
    frame: Frame,
    admin: Admin,
    origin: Origin,
    path: Path<ProjectRequestPath>,
    fields: Fields,
) -> Result<Response, ApiError> {
    let act = async |admin: Admin| -> Result<String, ApiError> {
        let answer = typed::<ApproveRequest>(json!({"answer": fields.typed("answer")}))?;
        let state = State(state.clone());
        let (_, made) = project_requests::approve(state, admin, origin, path, answer).await?;
        Ok(format!("The project {} is made.", made.0.name))
    };
    let done = act(admin.clone()).await;
    told(state.clone(), frame, admin, done).await
}

async fn decline(
    State(state): State<AppState>,
    frame: Frame,
    admin: Admin,
    origin: Origin,
    path: Path<ProjectRequestPath>,
    fields: Fields,
) -> Result<Response, ApiError> {
    let act = async |admin: Admin| -> Result<String, ApiError> {
        let Some(answer) = fields.typed("answer") else {
            return Err(ApiError::field("body.answer", "say why"));
        };
        let answer = typed::<DeclineRequest>(json!({ "answer": answer }))?;
        let state = State(state.clone());
        let declined = project_requests::decline(state, admin, origin, path, answer).await?;
        Ok(format!("The request for {} is declined.", declined.0.name))
    };
    let done = act(admin.clone()).await;
    told(state.clone(), frame, admin, done).await
}
