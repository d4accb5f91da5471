//! `/projects/{project_name}/file?name=`: one file with its versions, samples and scaffolds; and the way to its bytes.

use askama::Template;
use axum::{Router, response::Response, routing::get};
use divbase_contract::{file_versions::FileInfo, files::DownloadRequests};
use divbase_db::{Extent, FileVersion, VcfVersion};
use serde::Deserialize;
use serde_json::json;

use super::{
    fields::typed,
    frame::Frame,
    head::Head,
    pictures::{Figure, figures},
    respond::Go,
    show,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{Files, Project, Query, ReadRole, Reading},
    routes::s3::{download, info},
    statistics::statistics,
};

/// Names that are shown.
const MOST_NAMES: usize = 500;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/projects/{project_name}/file", get(show))
        .route("/projects/{project_name}/download", get(fetch))
}

/// Which file, and which of its versions.
#[derive(Debug, Deserialize)]
struct Which {
    name: String,
    version_id: Option<String>,
}

#[derive(Template)]
#[template(path = "file.html")]
struct File {
    frame: Frame,
    head: Head,
    info: FileInfo,
    facts: Option<VcfVersion>,
    fault: Option<String>,
    figures: Vec<Figure>,
}

impl File {
    fn samples(&self) -> &[String] {
        let names = self
            .facts
            .as_ref()
            .map_or(&[][..], |facts| &facts.samples[..]);
        &names[..names.len().min(MOST_NAMES)]
    }

    fn scaffolds(&self) -> Vec<(&str, Extent)> {
        let facts = self.facts.iter();
        facts
            .flat_map(|facts| facts.scaffolds.iter())
            .take(MOST_NAMES)
            .collect()
    }
}

async fn show(
    state: AppState,
    frame: Frame,
    Query(which): Query<Which>,
    call: Project<ReadRole>,
) -> Result<Response, ApiError> {
    let asked = Query(info::ObjectQuery::of(&which.name)?);
    let info = info::handler(state.clone(), asked, call.reading(()))
        .await?
        .0;
    let newest = info.versions.iter().find(|version| version.is_latest);
    let (mut facts, mut fault) = (None, None);
    if let Some(newest) = newest {
        let key = std::slice::from_ref(&info.object_name);
        let version = std::slice::from_ref(&newest.version_id);
        let known = state
            .db
            .file_versions(call.project.project_id, key, version);
        let known = known.await?;
        match known.into_iter().next() {
            Some(FileVersion::Vcf(version)) => facts = Some(version),
            Some(FileVersion::Faulty(_, text)) => fault = Some(text),
            Some(FileVersion::Result(_)) | None => {}
        }
    }
    let mut drawn = Vec::new();
    if let Some(version) = &facts
        && let Some(found) = statistics(&state, version).await?
    {
        drawn = figures(&found);
    }
    let head = Head::of(&call.project, "files");
    Ok(frame.page(|frame| File {
        frame,
        head,
        info,
        facts,
        fault,
        figures: drawn,
    }))
}

async fn fetch(
    state: AppState,
    Query(which): Query<Which>,
    call: Project<ReadRole>,
) -> Result<Go, ApiError> {
    sent(state, &which.name, which.version_id, call.reading(())).await
}

/// Sends the browser to the store for the file's bytes.
pub(super) async fn sent(
    state: AppState,
    name: &str,
    version_id: Option<String>,
    call: Reading<Files>,
) -> Result<Go, ApiError> {
    let asked = Query(info::ObjectQuery::of(name)?);
    if version_id.is_none() {
        // The store would tell of a missing file in XML.
        let _ = info::handler(state.clone(), asked, call.with(())).await?;
    }
    let request = typed::<DownloadRequests>(json!([{"name": name, "version_id": version_id}]))?;
    let urls = download::handler(state, call.with(request)).await?.0;
    let url = urls.into_iter().next().map(|url| url.pre_signed_url);
    url.map(Go::to)
        .ok_or_else(|| ApiError::internal("no URL for a file"))
}
