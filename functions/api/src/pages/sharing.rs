//! `/projects/{project_name}/sharing`: whether everybody may read the project, and links to files and folders.

use askama::Template;
use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use divbase_contract::sharing::{
    DEFAULT_SHARE_DAYS, IssuedShareLink, NewShareLink, ShareLink, Visibility,
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
    extract::{ManageRole, Origin, Path, Project},
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
    problems: Vec<String>,
    fields: Fields,
    issued: Option<IssuedShareLink>,
}

/// What a form of the page led to.
#[derive(Default)]
struct Led {
    refused: Option<ApiError>,
    fields: Fields,
    issued: Option<IssuedShareLink>,
}

async fn show(
    State(state): State<AppState>,
    frame: Frame,
    call: Project<ManageRole>,
) -> Result<Response, ApiError> {
    view(state, frame, call, Led::default()).await
}

async fn view(
    state: AppState,
    frame: Frame,
    call: Project<ManageRole>,
    led: Led,
) -> Result<Response, ApiError> {
    let head = Head::of(&call.project, "sharing");
    let seen = visibility::show(State(state.clone()), call.reading(())).await?;
    let links = share_links::list(State(state), call).await?.0;
    let (status, problems) = match led.refused {
        Some(error) => (error.status(), error.words()),
        None => (StatusCode::OK, Vec::new()),
    };
    let shown = Sharing {
        frame,
        head,
        is_public: seen.0.is_public,
        links,
        problems,
        fields: led.fields,
        issued: led.issued,
    };
    Ok(page(status, &shown))
}

fn here(name: &str) -> String {
    format!("/projects/{name}/sharing")
}

async fn change(
    State(state): State<AppState>,
    origin: Origin,
    call: Project<ManageRole, Fields>,
) -> Result<Go, ApiError> {
    let wanted = json!({"is_public": call.body.get("is_public") == "true"});
    let body = typed::<Visibility>(wanted)?;
    let is_public = body.0.is_public;
    let _ = visibility::set(State(state), origin, call.with(body)).await?;
    let text = if is_public {
        "Everybody may read the project now."
    } else {
        "Only members may read the project now."
    };
    Ok(Go::to(here(&call.project.project_name)).saying(text))
}

async fn make(
    State(state): State<AppState>,
    frame: Frame,
    origin: Origin,
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
        share_links::create(State(state.clone()), origin, call.with(new)).await
    };
    let led = match done.await {
        Ok((_, issued)) => Led {
            issued: Some(issued.0),
            ..Led::default()
        },
        Err(error) => Led {
            refused: Some(error),
            fields: fields.clone(),
            issued: None,
        },
    };
    view(state, frame, call.with(()), led).await
}

async fn revoke(
    State(state): State<AppState>,
    origin: Origin,
    path: Path<ShareLinkPath>,
    call: Project<ManageRole>,
) -> Result<Response, ApiError> {
    let to = here(&call.project.project_name);
    share_links::revoke(State(state), origin, path, call).await?;
    Ok(Go::to(to).saying("The link is revoked.").into_response())
}
