//! `/projects/{project_name}/browse?name=`: the variants of a file in igv.js, which reads of it only what it shows: ranges of
//! the file in the store, and our index of it.

use askama::Template;
use axum::{
    Router,
    http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::get,
};
use divbase_contract::files::IndexedUrl;
use serde::Deserialize;

use super::{
    around::policy_with_igv,
    assets::{BROWSE, IGV},
    frame::Frame,
    head::Head,
    show,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{Project, Query, ReadRole},
    indexed::{header, indexed},
    routes::s3::indexed_url::{self, IndexedQuery},
};

/// Scaffolds that can be chosen: those of the file that come first.
const MOST_SCAFFOLDS: usize = 1_000;

/// Bases that are shown at first.
const WINDOW: u64 = 10_000;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/projects/{project_name}/browse", get(browse))
        .route("/projects/{project_name}/browse/scaffolds", get(scaffolds))
}

/// Which file, which of its versions, and where.
#[derive(Debug, Deserialize)]
struct Which {
    name: String,
    version_id: Option<String>,
    /// `scaffold:from-to`, as igv takes it.
    region: Option<String>,
}

impl Which {
    fn asked(&self) -> Result<IndexedQuery, ApiError> {
        IndexedQuery::of(&self.name, self.version_id.as_deref())
    }
}

#[derive(Template)]
#[template(path = "browse.html")]
struct Browse {
    frame: Frame,
    head: Head,
    name: String,
    /// Nothing for files that igv does not read.
    shown: Option<Shown>,
}

/// What the script is given.
struct Shown {
    file: IndexedUrl,
    region: String,
    script: &'static str,
    /// Where igv is; nothing if this program was built without it.
    igv: Option<&'static str>,
    scaffolds: Vec<String>,
}

async fn browse(
    state: AppState,
    frame: Frame,
    Query(which): Query<Which>,
    call: Project<ReadRole>,
) -> Result<Response, ApiError> {
    let head = Head::of(&call.project, "files");
    let name = which.name.clone();
    let is_bcf = name.ends_with(".bcf");
    let policy = policy_with_igv(&state.page_policy);
    let mut shown = None;
    if !is_bcf {
        let version_id = which.version_id.as_deref();
        let version = indexed(&state, &call.project, &name, version_id).await?;
        let file = indexed_url::handler(state, Query(which.asked()?), call)
            .await?
            .0;
        let names = version.scaffolds.names().iter();
        let start = || {
            let (scaffold, extent) = version.scaffolds.iter().next()?;
            let from = extent.first.max(1);
            Some(format!("{scaffold}:{from}-{}", from + WINDOW))
        };
        shown = Some(Shown {
            file,
            region: which.region.or_else(start).unwrap_or_default(),
            script: &BROWSE.path,
            igv: IGV.as_ref().map(|asset| asset.path.as_str()),
            scaffolds: names.take(MOST_SCAFFOLDS).cloned().collect(),
        });
    }
    let mut response = frame.page(|frame| Browse {
        frame,
        head,
        name,
        shown,
    });
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// Names and lengths of the scaffolds that have records, for igv: as long as the header says, or to the last record.
async fn scaffolds(
    state: AppState,
    Query(which): Query<Which>,
    call: Project<ReadRole>,
) -> Result<Response, ApiError> {
    let version_id = which.version_id.as_deref();
    let file = indexed(&state, &call.project, &which.name, version_id).await?;
    let header = header(&state, &file).await?;
    let mut lines = String::new();
    for (name, extent) in file.scaffolds.iter().take(MOST_SCAFFOLDS) {
        let declared = header.contigs().length(name.as_bytes()).unwrap_or_default();
        lines.push_str(&format!("{name}\t{}\n", declared.max(extent.last)));
    }
    Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8")], lines).into_response())
}
