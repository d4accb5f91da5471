//! `/projects/{project_name}/settings`: what a project may hold, what its files are about, and its end, for managers.

use askama::Template;
use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use divbase_contract::{
    projects::{DeleteProject, ProjectInfo},
    reference::{NewReference, ProjectReference, ReferenceMode},
};
use http::StatusCode;
use serde_json::json;

use super::{
    fields::{Fields, typed},
    frame::Frame,
    head::Head,
    respond::{Go, page},
    show,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{Caller, Governed, ManageRole, Origin, Path, Project, ReadRole, Reading},
    routes::projects::{change::ProjectPath, deletion, list, reference},
};

/// Files that contradict the reference and are shown.
const MOST_FAULTS: usize = 20;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/projects/{project_name}/settings", get(show))
        .route(
            "/projects/{project_name}/settings/reference",
            post(set_reference),
        )
        .route("/projects/{project_name}/settings/delete", post(delete))
        .route("/projects/{project_name}/undelete", post(undelete))
}

#[derive(Template)]
#[template(path = "settings.html")]
struct Settings {
    frame: Frame,
    head: Head,
    problems: Vec<String>,
    info: ProjectInfo,
    /// What members see.
    reference: Option<ProjectReference>,
    fields: Fields,
}

impl Settings {
    /// Each way to a reference, as the form sends it and in words, and whether it is the one in force.
    fn modes(&self, reference: &ProjectReference) -> [(&'static str, &'static str, bool); 3] {
        [
            (
                "files",
                "from the headers of its files",
                ReferenceMode::Files,
            ),
            ("chosen", "from the file below", ReferenceMode::Chosen),
            ("none", "there is none", ReferenceMode::None),
        ]
        .map(|(value, words, mode)| (value, words, mode == reference.mode))
    }

    /// The file that is typed, or the one in force.
    fn file(&self, reference: &ProjectReference) -> String {
        let typed = self.fields.typed("file").map(str::to_owned);
        let chosen = reference.mode == ReferenceMode::Chosen;
        typed
            .or_else(|| reference.source.clone().filter(|_| chosen))
            .unwrap_or_default()
    }

    /// Files that contradict the reference, the first of them, and how many are left out.
    fn faults<'r>(&self, reference: &'r ProjectReference) -> (Vec<(&'r str, &'r str)>, usize) {
        let all = &reference.contradictions;
        let shown = all.iter().take(MOST_FAULTS);
        let shown = shown.map(|one| (one.file.as_str(), one.reason.as_str()));
        (shown.collect(), all.len().saturating_sub(MOST_FAULTS))
    }
}

async fn show(
    State(state): State<AppState>,
    frame: Frame,
    call: Governed<ManageRole>,
) -> Result<Response, ApiError> {
    view(state, frame, &call, Fields::default(), None).await
}

async fn view<B>(
    state: AppState,
    frame: Frame,
    call: &Governed<ManageRole, B>,
    fields: Fields,
    refused: Option<ApiError>,
) -> Result<Response, ApiError> {
    let mut head = Head::of(&call.project, "settings");
    let reading = call.as_role::<ReadRole>()?;
    let info = list::show(State(state.clone()), reading).await?.0;
    head.is_member = info.role.is_some();
    let mut reference = None;
    if head.is_member {
        let reading = Reading::of(call.project.clone(), ());
        reference = Some(reference::show(State(state), reading).await?.0);
    }
    let (status, problems) = match refused {
        Some(error) => (error.status(), error.words()),
        None => (StatusCode::OK, Vec::new()),
    };
    let shown = Settings {
        frame,
        head,
        problems,
        info,
        reference,
        fields,
    };
    Ok(page(status, &shown))
}

async fn set_reference(
    State(state): State<AppState>,
    frame: Frame,
    origin: Origin,
    call: Project<ManageRole, Fields>,
) -> Result<Response, ApiError> {
    let set = async || -> Result<ProjectReference, ApiError> {
        let (mode, file) = (call.body.get("mode"), call.body.typed("file"));
        let file = file.filter(|_| mode == "chosen");
        let new = typed::<NewReference>(json!({"mode": mode, "file": file}))?;
        Ok(reference::set(State(state.clone()), origin, call.with(new))
            .await?
            .0)
    };
    match set().await {
        Ok(set) => {
            let text = match set.mode {
                ReferenceMode::None => "The project has no reference.".to_owned(),
                _ => format!(
                    "The reference has {} {}.",
                    show::count_of(set.scaffold_count),
                    show::noun_of(set.scaffold_count, "scaffold")
                ),
            };
            let to = format!("/projects/{}/settings", call.project.project_name);
            Ok(Go::to(to).saying(&text).into_response())
        }
        Err(error) => {
            let fields = call.body.clone();
            view(state, frame, &call.governed(), fields, Some(error)).await
        }
    }
}

async fn delete(
    State(state): State<AppState>,
    frame: Frame,
    origin: Origin,
    call: Governed<ManageRole, Fields>,
) -> Result<Response, ApiError> {
    let ask = async || -> Result<ProjectInfo, ApiError> {
        let confirm = call.body.get("confirm");
        let body = typed::<DeleteProject>(json!({ "confirm": confirm }))?;
        Ok(
            deletion::delete(State(state.clone()), origin, call.with(body))
                .await?
                .0,
        )
    };
    match ask().await {
        Ok(info) => {
            let text = format!(
                "The project {} is closed. It will be destroyed with all its files after {} UTC, unless that is taken back here.",
                info.name,
                show::when_if(&info.deleted_after)
            );
            let to = match info.role {
                Some(_) => "/projects/",
                None => "/projects/?all=true",
            };
            Ok(Go::to(to).saying(&text).into_response())
        }
        Err(error) => view(state, frame, &call, call.body.clone(), Some(error)).await,
    }
}

async fn undelete(
    State(state): State<AppState>,
    caller: Caller,
    origin: Origin,
    path: Path<ProjectPath>,
) -> Result<Go, ApiError> {
    let kept = deletion::undelete(State(state), caller, origin, path)
        .await?
        .0;
    let text = format!("The project {} is kept.", kept.name);
    let to = match kept.is_active {
        true => format!("/projects/{}", kept.name),
        false => "/projects/".to_owned(),
    };
    Ok(Go::to(to).saying(&text))
}
