//! `/admin/project-requests`: projects that people ask for: making them, or saying why not.

use askama::Template;
use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use divbase_contract::project_requests::{ApproveRequest, DeclineRequest, ProjectRequest};
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
    extract::{Admin, Path, Query, SignedIn},
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
    requests: Vec<ProjectRequest>,
    next: Option<i64>,
}

async fn list(
    state: AppState,
    frame: Frame,
    admin: Admin,
    paging: Query<Paging>,
) -> Result<Response, ApiError> {
    let Admin { user, by } = admin;
    let every = Query(Which { all: true });
    let found = project_requests::list(state, SignedIn { user, by }, every, paging)
        .await?
        .0;
    Ok(frame.page(|frame| Page {
        frame,
        requests: found.requests,
        next: found.next,
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
        Ok(text) => Ok(Go::to("/admin/project-requests")
            .saying(&text)
            .into_response()),
        Err(error) => {
            list(
                state,
                frame.refused(&error),
                admin,
                Query(Paging::default()),
            )
            .await
        }
    }
}

async fn approve(
    state: AppState,
    frame: Frame,
    admin: Admin,
    path: Path<ProjectRequestPath>,
    fields: Fields,
) -> Result<Response, ApiError> {
    let done = async {
        let answer = typed::<ApproveRequest>(json!({"answer": fields.typed("answer")}))?;
        let made = project_requests::approve(state.clone(), admin.clone(), path, answer).await?;
        Ok(format!("The project {} is made.", made.1.0.name))
    };
    told(state.clone(), frame, admin.clone(), done.await).await
}

async fn decline(
    state: AppState,
    frame: Frame,
    admin: Admin,
    path: Path<ProjectRequestPath>,
    fields: Fields,
) -> Result<Response, ApiError> {
    let done = async {
        let Some(answer) = fields.typed("answer") else {
            return Err(ApiError::field("body.answer", "say why"));
        };
        let answer = typed::<DeclineRequest>(json!({ "answer": answer }))?;
        let state = state.clone();
        let declined = project_requests::decline(state, admin.clone(), path, answer).await?;
        Ok(format!("The request for {} is declined.", declined.0.name))
    };
    told(state.clone(), frame, admin.clone(), done.await).await
}
