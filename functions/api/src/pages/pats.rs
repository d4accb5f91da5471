//! `/pats/`: personal access tokens.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    Json, Router,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use divbase_contract::{
    Role,
    pats::{DEFAULT_PAT_DAYS, IssuedPat, Pat},
};
use divbase_db::{Project, User};
use serde_json::{Value, json};

use super::{
    fields::{Fields, typed},
    frame::Frame,
    respond::Go,
    show,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{Path, SignedIn},
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

async fn list(state: AppState, frame: Frame, signed_in: SignedIn) -> Result<Response, ApiError> {
    let pats = pats::list(state, signed_in).await?.0;
    Ok(frame.page(|frame| Pats { frame, pats }))
}

async fn form(
    state: AppState,
    frame: Frame,
    SignedIn { user, .. }: SignedIn,
) -> Result<Response, ApiError> {
    view(&state, frame, &user, Fields::default()).await
}

async fn view(
    state: &AppState,
    frame: Frame,
    user: &User,
    fields: Fields,
) -> Result<Response, ApiError> {
    let projects = state.db.projects(user.id, false, 0, MOST_PROJECTS).await?;
    Ok(frame.page(|frame| NewPatForm {
        frame,
        fields,
        projects: projects
            .into_iter()
            .map(|summary| summary.project)
            .collect(),
        is_admin: user.is_admin,
        days: DEFAULT_PAT_DAYS,
    }))
}

async fn create(
    state: AppState,
    frame: Frame,
    signed_in: SignedIn,
    fields: Fields,
) -> Result<Response, ApiError> {
    let made = async {
        let new = typed(request(&fields)?)?;
        pats::create(state.clone(), signed_in.clone(), new).await
    };
    match made.await {
        Ok((status, Json(issued))) => {
            let ends = issued.pat.expires_at.map_or(0, |end| end.timestamp());
            let made = frame.page(|frame| Made {
                frame,
                issued,
                ends,
            });
            Ok((status, made).into_response())
        }
        Err(error) => view(&state, frame.refused(&error), &signed_in.user, fields).await,
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
    state: AppState,
    signed_in: SignedIn,
    path: Path<TokenPath>,
) -> Result<impl IntoResponse, ApiError> {
    pats::revoke(state, signed_in, path).await?;
    Ok(Go::to("/pats/").saying("The token is revoked."))
}
