//! `/public/{project_name}` and `/shared/{token}`: files for people who are no members, of a public project or by a link.

use askama::Template;
use axum::{Router, response::Response, routing::get};
use divbase_contract::{field::OneTimeToken, files::FileEntry};
use http::StatusCode;
use serde::Deserialize;

use super::{file::sent, files::Which, frame::Frame, respond::Go, show};
use crate::{
    AppState,
    error::ApiError,
    extract::{ClientAddress, Files, Path, Query, Reading, opened},
    routes::s3::list,
};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/public/{project_name}", get(public))
        .route("/public/{project_name}/download", get(download_public))
        .route("/shared/{token}", get(shared))
        .route("/shared/{token}/download", get(download_shared))
}

/// Which file.
#[derive(Debug, Deserialize)]
struct Named {
    name: String,
}

/// The link's token.
#[derive(Debug, Deserialize)]
struct Link {
    token: OneTimeToken,
}

#[derive(Template)]
#[template(path = "outside.html")]
struct Outside {
    frame: Frame,
    project: String,
    /// Address of this page without its query.
    here: String,
    by_link: bool,
    /// Above this nothing is shown.
    root: String,
    prefix: String,
    folders: Vec<String>,
    files: Vec<FileEntry>,
    next: Option<String>,
}

async fn public(
    state: AppState,
    frame: Frame,
    Query(which): Query<Which>,
    call: Reading<Files>,
) -> Result<Response, ApiError> {
    let here = format!("/public/{}", call.project.project_name);
    view(state, frame, which, &call, here).await
}

async fn shared(
    state: AppState,
    frame: Frame,
    address: ClientAddress,
    Path(link): Path<Link>,
    Query(which): Query<Which>,
) -> Result<Response, ApiError> {
    let call = by_link(&state, &address, &link).await?;
    let here = format!("/shared/{}", link.token);
    view(state, frame, which, &call, here).await
}

async fn by_link(
    state: &AppState,
    address: &ClientAddress,
    link: &Link,
) -> Result<Reading<Files>, ApiError> {
    let (project, scope) = opened(state, address, &link.token)
        .await
        .map_err(no_login)?;
    Ok(Reading::within(project, scope, ()))
}

/// A link that opens nothing leads to no login page: its reader may have no account.
fn no_login(error: ApiError) -> ApiError {
    if error.status() == StatusCode::UNAUTHORIZED {
        ApiError::not_found(error.words().join(" "))
    } else {
        error
    }
}

async fn view(
    state: AppState,
    frame: Frame,
    which: Which,
    call: &Reading<Files>,
    here: String,
) -> Result<Response, ApiError> {
    let root = call.prefix("")?.to_owned();
    let (prefix, token) = which.parts()?;
    let prefix = call.prefix(&prefix)?.to_owned();
    let listed = list::listed(&state, call, &prefix, Some("/"), token.as_deref()).await?;
    Ok(frame.page(|frame| Outside {
        frame,
        project: call.project.project_name.clone(),
        by_link: here.starts_with("/shared/"),
        here,
        // A link to one file has no folder to go up to.
        prefix: if prefix.ends_with('/') {
            prefix
        } else {
            String::new()
        },
        root,
        folders: listed.folders,
        files: listed.files,
        next: listed.next_token,
    }))
}

async fn download_public(
    state: AppState,
    Query(named): Query<Named>,
    call: Reading<Files>,
) -> Result<Go, ApiError> {
    sent(state, &named.name, None, call).await
}

async fn download_shared(
    state: AppState,
    address: ClientAddress,
    Path(link): Path<Link>,
    Query(named): Query<Named>,
) -> Result<Go, ApiError> {
    let call = by_link(&state, &address, &link).await?;
    sent(state, &named.name, None, call).await
}
