//! `/projects/`: one's projects; administrators make new ones.

use askama::Template;
use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use divbase_contract::{
    Role,
    projects::{NewProject, ProjectInfo},
};
use http::StatusCode;

use super::{
    fields::Fields,
    frame::Frame,
    respond::{Go, page},
    show,
};
use crate::{
    AppState, ProjectCreation,
    error::ApiError,
    extract::{Caller, Founder, Origin, Query},
    routes::{
        paging::Paging,
        projects::{create, list},
    },
};

/// Characters of a description that the list shows.
const SHOWN: usize = 200;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/projects/", get(show))
        .route("/projects/new", post(make))
}

#[derive(Template)]
#[template(path = "projects.html")]
struct Projects {
    frame: Frame,
    problems: Vec<String>,
    projects: Vec<ProjectInfo>,
    next: Option<i64>,
    all: bool,
    is_admin: bool,
    may_found: bool,
    may_ask: bool,
    fields: Fields,
}

impl Projects {
    /// Whether the reader may take a project's deletion back.
    fn may_keep(&self, project: &ProjectInfo) -> bool {
        self.is_admin || project.role == Some(Role::Manage)
    }

    fn short(&self, text: &str) -> String {
        let mut letters = text.chars();
        let mut short: String = letters.by_ref().take(SHOWN).collect();
        if letters.next().is_some() {
            short.push('…');
        }
        short
    }
}

async fn show(
    State(state): State<AppState>,
    frame: Frame,
    caller: Caller,
    Query(which): Query<list::Which>,
    Query(paging): Query<Paging>,
) -> Result<Response, ApiError> {
    let filled = (Fields::default(), None);
    view(state, frame, caller, (which, paging), filled).await
}

async fn view(
    state: AppState,
    frame: Frame,
    caller: Caller,
    (which, paging): (list::Which, Paging),
    (fields, refused): (Fields, Option<ApiError>),
) -> Result<Response, ApiError> {
    let (is_admin, all) = (caller.user.is_admin, which.all);
    let may_found = is_admin || state.settings.project_creation == ProjectCreation::Everybody;
    let may_ask = !is_admin && state.settings.project_creation == ProjectCreation::OnRequest;
    let found = list::list(State(state), caller, Query(which), Query(paging))
        .await?
        .0;
    let (status, problems) = match refused {
        Some(error) => (error.status(), error.words()),
        None => (StatusCode::OK, Vec::new()),
    };
    let (projects, next) = (found.projects, found.next);
    let shown = Projects {
        frame,
        problems,
        projects,
        next,
        all,
        is_admin,
        may_found,
        may_ask,
        fields,
    };
    Ok(page(status, &shown))
}

async fn make(
    State(state): State<AppState>,
    frame: Frame,
    founder: Founder,
    caller: Caller,
    origin: Origin,
    fields: Fields,
) -> Result<Response, ApiError> {
    let made = async {
        let mut fields = fields.clone();
        fields.without_empty();
        let body = fields.decode::<NewProject>()?;
        create::create(State(state.clone()), founder, origin, body).await
    };
    match made.await {
        Ok((_, made)) => {
            let text = format!("The project {} is made.", made.0.name);
            Ok(Go::to(format!("/projects/{}", made.0.name))
                .saying(&text)
                .into_response())
        }
        Err(error) => {
            let which = (list::Which::default(), Paging::default());
            view(state, frame, caller, which, (fields, Some(error))).await
        }
    }
}
