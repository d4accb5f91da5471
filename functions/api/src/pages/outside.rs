//! `/public/{project_name}` and `/shared/{token}`: files for people who are no members, of a public project or by a link.

use askama::Template;
use axum::{Router, extract::State, response::Response, routing::get};
use divbase_contract::{
    field::OneTimeToken,
    files::{DownloadRequests, FileEntry},
};
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::{
    fields::typed,
    files::Which,
    frame::Frame,
    respond::{Go, page},
    show,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{ClientAddress, Files, Path, Query, Reading, opened},
    routes::s3::{download, info, list},
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

impl Outside {
    /// Each folder above with the address of its list, from the root on.
    fn above(&self) -> Vec<(&str, &str)> {
        let ends = self.prefix.match_indices('/').map(|(place, _)| place);
        let mut begin = 0;
        let mut folders = Vec::new();
        for end in ends {
            if self.prefix[..=end].starts_with(&self.root) {
                folders.push((&self.prefix[begin..end], &self.prefix[..=end]));
            }
            begin = end + 1;
        }
        folders
    }

    /// A name without its folder.
    fn last<'a>(&self, name: &'a str) -> &'a str {
        name.strip_prefix(&self.prefix).unwrap_or(name)
    }
}

async fn public(
    State(state): State<AppState>,
    frame: Frame,
    Query(which): Query<Which>,
    call: Reading<Files>,
) -> Result<Response, ApiError> {
    let here = format!("/public/{}", call.project.project_name);
    view(state, frame, which, &call, here).await
}

async fn shared(
    State(state): State<AppState>,
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
        ApiError::http(StatusCode::NOT_FOUND, error.words().join(" "))
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
    let shown = Outside {
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
    };
    Ok(page(StatusCode::OK, &shown))
}

async fn download_public(
    State(state): State<AppState>,
    Query(named): Query<Named>,
    call: Reading<Files>,
) -> Result<Go, ApiError> {
    fetch(state, &named.name, call).await
}

async fn download_shared(
    State(state): State<AppState>,
    address: ClientAddress,
    Path(link): Path<Link>,
    Query(named): Query<Named>,
) -> Result<Go, ApiError> {
    let call = by_link(&state, &address, &link).await?;
    fetch(state, &named.name, call).await
}

/// Sends the browser to the store for the file's bytes.
async fn fetch(state: AppState, name: &str, call: Reading<Files>) -> Result<Go, ApiError> {
    let asked = Query(info::ObjectQuery::of(name)?);
    // The store would tell of a missing file in XML.
    let _ = info::handler(State(state.clone()), asked, call.with(())).await?;
    let request = typed::<DownloadRequests>(json!([{ "name": name }]))?;
    let urls = download::handler(State(state), call.with(request)).await?.0;
    let url = urls.into_iter().next().map(|url| url.pre_signed_url);
    url.map(Go::to)
        .ok_or_else(|| ApiError::internal(&"no URL for a file"))
}
