//! `/project-requests/`: asking for a project, where that is how projects are made, and what became of what was asked for.

use askama::Template;
use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use divbase_contract::project_requests::{NewProjectRequest, ProjectRequest, RequestState};

use super::{fields::Fields, frame::Frame, respond::Go, show};
use crate::{
    AppState, ProjectCreation,
    error::ApiError,
    extract::{Path, Query, SignedIn},
    routes::{
        numbers::ProjectRequestPath, paging::Paging, project_requests, projects::list::Which,
    },
};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/project-requests/", get(list).post(ask))
        .route("/project-requests/{request_id}/withdraw", post(withdraw))
}

#[derive(Template)]
#[template(path = "project_requests.html")]
struct Page {
    frame: Frame,
    requests: Vec<ProjectRequest>,
    next: Option<i64>,
    may_ask: bool,
    fields: Fields,
}

/// How a state is coloured.
fn class(state: &RequestState) -> &'static str {
    match state {
        RequestState::Waiting => "warn",
        RequestState::Approved => "good",
        RequestState::Declined => "bad",
    }
}

async fn list(
    state: AppState,
    frame: Frame,
    caller: SignedIn,
    paging: Query<Paging>,
) -> Result<Response, ApiError> {
    view(state, frame, caller, paging, Fields::default()).await
}

async fn view(
    state: AppState,
    frame: Frame,
    caller: SignedIn,
    paging: Query<Paging>,
    fields: Fields,
) -> Result<Response, ApiError> {
    let on_request = state.settings.project_creation == ProjectCreation::OnRequest;
    let may_ask = on_request && !caller.user.is_admin;
    let own = Query(Which { all: false });
    let found = project_requests::list(state, caller, own, paging).await?.0;
    Ok(frame.page(|frame| Page {
        frame,
        requests: found.requests,
        next: found.next,
        may_ask,
        fields,
    }))
}

async fn ask(
    state: AppState,
    frame: Frame,
    caller: SignedIn,
    fields: Fields,
) -> Result<Response, ApiError> {
    let asked = async {
        let mut typed = fields.clone();
        typed.without_empty();
        let body = typed.decode::<NewProjectRequest>()?;
        project_requests::ask(state.clone(), caller.clone(), body).await
    };
    match asked.await {
        Ok((_, asked)) => {
            let text = format!("You have asked for {}.", asked.0.name);
            Ok(Go::to("/project-requests/").saying(&text).into_response())
        }
        Err(error) => {
            let first = Query(Paging::default());
            view(state, frame.refused(&error), caller, first, fields).await
        }
    }
}

async fn withdraw(
    state: AppState,
    caller: SignedIn,
    path: Path<ProjectRequestPath>,
) -> Result<Go, ApiError> {
    let _ = project_requests::withdraw(state, caller, path).await?;
    Ok(Go::to("/project-requests/").saying("The request is taken back."))
}
