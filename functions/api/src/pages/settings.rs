//! `/projects/{project_name}/settings`: what a project may hold, what its files are about, and its end, for managers.

use askama::Template;
use axum::{
    Json, Router,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use divbase_contract::{
    projects::{DeleteProject, ProjectInfo},
    reference::{NewReference, ProjectReference, ReferenceMode},
};
use serde_json::json;

use super::{
    fields::{Fields, typed},
    frame::Frame,
    head::Head,
    respond::Go,
    show,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{Caller, Governed, ManageRole, Path, Project, Reading},
    routes::projects::{change::ProjectPath, deletion, reference},
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
    state: AppState,
    frame: Frame,
    call: Governed<ManageRole>,
) -> Result<Response, ApiError> {
    view(state, frame, &call, Fields::default()).await
}

async fn view<B>(
    state: AppState,
    frame: Frame,
    call: &Governed<ManageRole, B>,
    fields: Fields,
) -> Result<Response, ApiError> {
    let (head, info) = Head::governed(&state, call, "settings").await?;
    let mut reference = None;
    if head.is_member {
        let reading = Reading::of(call.project.clone(), ());
        reference = Some(reference::show(state, reading).await?.0);
    }
    Ok(frame.page(|frame| Settings {
        frame,
        head,
        info,
        reference,
        fields,
    }))
}

async fn set_reference(
    state: AppState,
    frame: Frame,
    call: Project<ManageRole, Fields>,
) -> Result<Response, ApiError> {
    let set = async {
        let (mode, file) = (call.body.get("mode"), call.body.typed("file"));
        let file = file.filter(|_| mode == "chosen");
        let new = typed::<NewReference>(json!({"mode": mode, "file": file}))?;
        reference::set(state.clone(), call.with(new)).await
    };
    match set.await {
        Ok(Json(set)) => {
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
            view(state, frame.refused(&error), &call.governed(), fields).await
        }
    }
}

async fn delete(
    state: AppState,
    frame: Frame,
    call: Governed<ManageRole, Fields>,
) -> Result<Response, ApiError> {
    let ask = async {
        let confirm = call.body.get("confirm");
        let body = typed::<DeleteProject>(json!({ "confirm": confirm }))?;
        deletion::delete(state.clone(), call.with(body)).await
    };
    match ask.await {
        Ok(Json(info)) => {
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
        Err(error) => view(state, frame.refused(&error), &call, call.body.clone()).await,
    }
}

async fn undelete(
    state: AppState,
    caller: Caller,
    path: Path<ProjectPath>,
) -> Result<Go, ApiError> {
    let kept = deletion::undelete(state, caller, path).await?.0;
    let text = format!("The project {} is kept.", kept.name);
    let to = match kept.is_active {
        true => format!("/projects/{}", kept.name),
        false => "/projects/".to_owned(),
    };
    Ok(Go::to(to).saying(&text))
}
