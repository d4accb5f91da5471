//! `/indexes/{project_name}/{name}`: indexes of files, for programs that know URLs alone.

use axum::{
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
    routing::options,
};
use divbase_contract::{
    field::{IndexName, IndexToken, ProjectName},
    files::IndexFormat,
};
use divbase_db::{User, VcfVersion};
use serde::Deserialize;
use url::form_urlencoded::byte_serialize;

use super::{cors, preflight};
use crate::{
    AppState,
    described::{DescribedRouter, Describing, routes},
    error::ApiError,
    extract::{Path, Query},
    indexed::index,
};

pub(super) fn routes<D: Describing>() -> DescribedRouter<D> {
    DescribedRouter::new()
        .routes(routes!(handler))
        .route("/indexes/{project_name}/{name}", options(preflight))
        .layer(cors())
}

/// Where the index of a version is, below the base URL of the API. The name tells versions apart: htslib keeps an index
/// under the last part of its address and takes the one that it has.
pub(super) fn index_path(
    file: &VcfVersion,
    project: &str,
    format: IndexFormat,
    token: &str,
) -> String {
    let base = file.object_key.rsplit('/').next().unwrap_or_default();
    let encoded = |text: &str| -> String {
        // In a path a plus is a plus.
        let text: String = byte_serialize(text.as_bytes()).collect();
        text.replace('+', "%20")
    };
    let name = format!("{}-{base}{}", file.etag, format.ending());
    format!(
        "/v1/indexes/{}/{}?token={token}",
        encoded(project),
        encoded(&name)
    )
}

/// Which project, and by the name's ending which format; the token says which file.
#[derive(Clone, Debug, Deserialize)]
struct Place {
    project_name: ProjectName,
    name: IndexName,
}

/// What opens it.
#[derive(Clone, Debug, Deserialize)]
struct Opened {
    token: IndexToken,
}

fn refused() -> ApiError {
    ApiError::authentication(
        "The `token` of this link is not valid or has expired. Ask for another address of the index.",
    )
}

/// The bytes of an index, CSI or, if the name ends in `.tbi`, TBI, by a link that `GET /s3/indexed-url` gave. It opens as long as the account that asked for it
/// may read the project.
#[utoipa::path(get, path = "/indexes/{project_name}/{name}", tag = "s3", operation_id = "read_index",
    params(("project_name" = inline(ProjectName), Path), ("name" = inline(IndexName), Path), ("token" = inline(IndexToken), Query)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), crate::Refuses<401, 404, 422>))]
async fn handler(
    state: AppState,
    Path(place): Path<Place>,
    Query(opened): Query<Opened>,
) -> Result<Response, ApiError> {
    let link = state
        .settings
        .tokens
        .read_index_link(&opened.token)
        .map_err(|_| refused())?;
    let (user, project) = state
        .db
        .member(link.user_id, &place.project_name)
        .await?
        .unzip();
    let may_act = |user: &User| user.may_act() && user.token_generation == link.generation;
    let is_same = project
        .flatten()
        .is_some_and(|project| project.project_id == link.project_id);
    if !user.is_some_and(|user| may_act(&user)) || !is_same {
        return Err(refused());
    }
    let format = if place.name.ends_with(IndexFormat::Tbi.ending()) {
        IndexFormat::Tbi
    } else {
        IndexFormat::Csi
    };
    let bytes = index(&state, link.file_version_id, format).await?;
    Ok(([(CONTENT_TYPE, "application/octet-stream")], bytes).into_response())
}
