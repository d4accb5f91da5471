//! `/projects/{project_name}/sharing`: whether everybody may read the project, and links to files and folders.

use askama::Template;
use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use divbase_contract::sharing::{
    DEFAULT_SHARE_DAYS, IssuedShareLink, NewShareLink, ShareLink, Visibility,
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
    extract::{ManageRole, Path, Project},
    routes::{
        numbers::ShareLinkPath,
        projects::{share_links, visibility},
    },
};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/projects/{project_name}/sharing", get(show))
        .route("/projects/{project_name}/sharing/visibility", post(change))
        .route("/projects/{project_name}/sharing/links", post(make))
        .route(
            "/projects/{project_name}/sharing/links/{link_id}/revoke",
            post(revoke),
        )
}

#[derive(Template)]
#[template(path = "sharing.html")]
struct Sharing {
    frame: Frame,
    head: Head,
    is_public: bool,
    links: Vec<ShareLink>,
    fields: Fields,
    issued: Option<IssuedShareLink>,
}

async fn show(
    state: AppState,
    frame: Frame,
    call: Project<ManageRole>,
) -> Result<Response, ApiError> {
    view(state, frame, call, Fields::default(), None).await
}

/// The page, with what a form of it said, or a link that it made.
async fn view(
    state: AppState,
    frame: Frame,
    call: Project<ManageRole>,
    fields: Fields,
    issued: Option<IssuedShareLink>,
) -> Result<Response, ApiError> {
    let head = Head::of(&call.project, "sharing");
    let seen = visibility::show(state.clone(), call.reading(())).await?;
    let links = share_links::list(state, call).await?.0;
    Ok(frame.page(|frame| Sharing {
        frame,
        head,
        is_public: seen.0.is_public,
        links,
        fields,
        issued,
    }))
}

fn here(name: &str) -> String {
    format!("/projects/{name}/sharing")
}

async fn change(state: AppState, call: Project<ManageRole, Fields>) -> Result<Go, ApiError> {
    let wanted = json!({"is_public": call.body.get("is_public") == "true"});
    let body = typed::<Visibility>(wanted)?;
    let is_public = body.0.is_public;
    let _ = visibility::set(state, call.with(body)).await?;
    let text = if is_public {
        "Everybody may read the project now."
    } else {
        "Only members may read the project now."
    };
    Ok(Go::to(here(&call.project.project_name)).saying(text))
}

async fn make(
    state: AppState,
    frame: Frame,
    call: Project<ManageRole, Fields>,
) -> Result<Response, ApiError> {
    let fields = call.body.clone();
    let done = async {
        let days = fields.get("expires_in_days");
        let days: u16 = days
            .parse()
            .map_err(|_| ApiError::field("body.expires_in_days", "use a whole number of days"))?;
        let new = typed::<NewShareLink>(json!({
            "path": fields.get("path"), "expires_in_days": days,
        }))?;
        share_links::create(state.clone(), call.with(new)).await
    };
    let (frame, fields, issued) = match done.await {
        Ok((_, issued)) => (frame, Fields::default(), Some(issued.0)),
        Err(error) => (frame.refused(&error), fields.clone(), None),
    };
    view(state, frame, call.with(()), fields, issued).await
}

async fn revoke(
    state: AppState,
    path: Path<ShareLinkPath>,
    call: Project<ManageRole>,
) -> Result<Response, ApiError> {
    let to = here(&call.project.project_name);
    share_links::revoke(state, path, call).await?;
    Ok(Go::to(to).saying("The link is revoked.").into_response())
}
