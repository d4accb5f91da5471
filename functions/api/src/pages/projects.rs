//! `/projects/`: one's projects; administrators make new ones.

use askama::Template;
use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use divbase_contract::{
    Role,
    projects::{NewProject, ProjectInfo},
};

use super::{fields::Fields, frame::Frame, respond::Go, show};
use crate::{
    AppState, ProjectCreation,
    error::ApiError,
    extract::{Caller, Founder, Query},
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
    state: AppState,
    frame: Frame,
    caller: Caller,
    which: Query<list::Which>,
    paging: Query<Paging>,
) -> Result<Response, ApiError> {
    view(state, frame, caller, (which, paging), Fields::default()).await
}

async fn view(
    state: AppState,
    frame: Frame,
    caller: Caller,
    (which, paging): (Query<list::Which>, Query<Paging>),
    fields: Fields,
) -> Result<Response, ApiError> {
    let (is_admin, all) = (caller.user.is_admin, which.0.all);
    let may_found = is_admin || state.settings.project_creation == ProjectCreation::Everybody;
    let may_ask = !is_admin && state.settings.project_creation == ProjectCreation::OnRequest;
    let found = list::list(state, caller, which, paging).await?.0;
    Ok(frame.page(|frame| Projects {
        frame,
        projects: found.projects,
        next: found.next,
        all,
        is_admin,
        may_found,
        may_ask,
        fields,
    }))
}

async fn make(
    state: AppState,
    frame: Frame,
    founder: Founder,
    caller: Caller,
    fields: Fields,
) -> Result<Response, ApiError> {
    let made = async {
        let mut fields = fields.clone();
        fields.without_empty();
        let body = fields.decode::<NewProject>()?;
        create::create(state.clone(), founder, body).await
    };
    match made.await {
        Ok((_, made)) => {
            let text = format!("The project {} is made.", made.0.name);
            Ok(Go::to(format!("/projects/{}", made.0.name))
                .saying(&text)
                .into_response())
        }
        Err(error) => {
            let first = (Query(list::Which::default()), Query(Paging::default()));
            view(state, frame.refused(&error), caller, first, fields).await
        }
    }
}
