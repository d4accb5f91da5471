//! `/pats/`: personal access tokens.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use divbase_contract::{
    Role,
    pats::{DEFAULT_PAT_DAYS, IssuedPat, Pat},
};
use divbase_db::{Project, User};
use http::StatusCode;
use serde_json::{Value, json};

use super::{
    fields::{Fields, typed},
    frame::Frame,
    respond::{Go, page},
    show,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{Origin, Path, SignedIn},
    routes::{auth::pats, numbers::TokenPath},
};

/// Projects that the form offers.
const MOST_PROJECTS: i64 = 100;
/// A field's name before the project's.
const PROJECT: &str = "project_";

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/pats/", get(list))
        .route("/pats/new", get(form).post(create))
        .route("/pats/{token_id}/revoke", post(revoke))
}

#[derive(Template)]
#[template(path = "pats.html")]
struct Pats {
    frame: Frame,
    pats: Vec<Pat>,
}

#[derive(Template)]
#[template(path = "pats_new.html")]
struct NewPatForm {
    frame: Frame,
    problems: Vec<String>,
    fields: Fields,
    projects: Vec<Project>,
    is_admin: bool,
    days: u16,
}

impl NewPatForm {
    fn days(&self) -> String {
        let typed = self.fields.typed("expires_in_days");
        typed.map_or_else(|| self.days.to_string(), str::to_owned)
    }

    fn chosen(&self, project: &str, role: &str) -> bool {
        self.fields.get(&format!("{PROJECT}{project}")) == role
    }
}

#[derive(Template)]
#[template(path = "pats_made.html")]
struct Made {
    frame: Frame,
    issued: IssuedPat,
    ends: i64,
}

/// What a token opens, in words.
fn opens(pat: &Pat) -> String {
    let mut parts = Vec::new();
    if pat.all_projects {
        parts.push("all projects, with your role".to_owned());
    }
    let project = |(name, role): (&String, &Role)| format!("{name} ({role})");
    parts.extend(pat.projects.iter().map(project));
    if pat.task_history {
        parts.push("task history".to_owned());
    }
    if pat.admin {
        parts.push("administration".to_owned());
    }
    parts.join(", ")
}

async fn list(
    State(state): State<AppState>,
    frame: Frame,
    signed_in: SignedIn,
) -> Result<Response, ApiError> {
    let pats = pats::list(State(state), signed_in).await?.0;
    Ok(page(StatusCode::OK, &Pats { frame, pats }))
}

async fn form(
    State(state): State<AppState>,
    frame: Frame,
    SignedIn(user): SignedIn,
) -> Result<Response, ApiError> {
    view(&state, frame, &user, Fields::default(), None).await
}

async fn view(
    state: &AppState,
    frame: Frame,
    user: &User,
    fields: Fields,
    refused: Option<ApiError>,
) -> Result<Response, ApiError> {
    let projects = state.db.projects(user.id, false, 0, MOST_PROJECTS).await?;
    let (status, problems) = match refused {
        Some(error) => (error.status(), error.words()),
        None => (StatusCode::OK, Vec::new()),
    };
    let form = NewPatForm {
        frame,
        problems,
        fields,
        projects: projects
            .into_iter()
            .map(|summary| summary.project)
            .collect(),
        is_admin: user.is_admin,
        days: DEFAULT_PAT_DAYS,
    };
    Ok(page(status, &form))
}

async fn create(
    State(state): State<AppState>,
    frame: Frame,
    SignedIn(user): SignedIn,
    origin: Origin,
    fields: Fields,
) -> Result<Response, ApiError> {
    let make = async |user: User| -> Result<IssuedPat, ApiError> {
        let new = typed(request(&fields)?)?;
        let made = pats::create(State(state.clone()), SignedIn(user), origin, new).await?;
        Ok(made.1.0)
    };
    match make(user.clone()).await {
        Ok(issued) => {
            let ends = issued.pat.expires_at.map_or(0, |end| end.timestamp());
            let made = Made {
                frame,
                issued,
                ends,
            };
            Ok(page(StatusCode::CREATED, &made))
        }
        Err(error) => view(&state, frame, &user, fields, Some(error)).await,
    }
}

/// The form as the JSON route takes it.
fn request(fields: &Fields) -> Result<Value, ApiError> {
    let days: u16 = fields
        .get("expires_in_days")
        .trim()
        .parse()
        .map_err(|_| ApiError::field("body.expires_in_days", "use a whole number of days"))?;
    let all = fields.get("project_access_mode") == "all";
    let projects: BTreeMap<&str, &str> = fields
        .iter()
        .filter_map(|(key, role)| Some((key.strip_prefix(PROJECT)?, role)))
        .filter(|(name, role)| !all && *name != "access_mode" && !role.is_empty())
        .collect();
    Ok(json!({
        "name": fields.get("name"), "description": fields.typed("description"), "expires_in_days": days,
        "all_projects": all, "projects": projects, "task_history": fields.has("scope_task_history"),
        "admin": fields.has("scope_admin"),
    }))
}

async fn revoke(
    State(state): State<AppState>,
    signed_in: SignedIn,
    origin: Origin,
    path: Path<TokenPath>,
) -> Result<impl IntoResponse, ApiError> {
    pats::revoke(State(state), signed_in, origin, path).await?;
    Ok(Go::to("/pats/").saying("The token is revoked."))
}
