//! `/projects/{project_name}/samples`: the samples of a project; with a filter, those that its metadata table says fit.

use std::borrow::Borrow;

use askama::Template;
use axum::{Router, extract::State, response::Response, routing::get};
use divbase_contract::{
    limits::DEFAULT_METADATA_TSV,
    query::{MetadataQueryRequest, MetadataQueryResult},
};
use http::StatusCode;
use serde_json::json;

use super::{asked::Asked, fields::typed, frame::Frame, head::Head, respond::page, show};
use crate::{
    AppState,
    error::ApiError,
    extract::{Project, QueryRole, ReadRole},
    routes::query::sample_metadata,
};

/// Samples that a page shows.
const MOST: usize = 500;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/projects/{project_name}/samples", get(view))
}

#[derive(Template)]
#[template(path = "samples.html")]
struct Samples {
    frame: Frame,
    head: Head,
    asked: Asked,
    problems: Vec<String>,
    /// Names in the index, the first of them, and how many there are.
    names: Vec<String>,
    all: usize,
    found: Option<MetadataQueryResult>,
    most: usize,
}

impl Samples {
    fn table(&self) -> &str {
        match self.asked.get("table") {
            "" => DEFAULT_METADATA_TSV,
            table => table,
        }
    }

    /// Whether there are more than are shown.
    fn cut(&self, count: impl Borrow<usize>) -> bool {
        *count.borrow() > MOST
    }
}

async fn view(
    State(state): State<AppState>,
    frame: Frame,
    asked: Asked,
    call: Project<ReadRole>,
) -> Result<Response, ApiError> {
    let head = Head::of(&call.project, "samples");
    let mut names = state.db.unique_samples(call.project.project_id).await?;
    let all = names.len();
    names.truncate(MOST);
    let (mut status, mut problems, mut found) = (StatusCode::OK, Vec::new(), None);
    if !asked.get("table").is_empty() {
        match find(&state, &asked, &call).await {
            Ok(result) => found = Some(result),
            Err(error) => (status, problems) = (error.status(), error.words()),
        }
    }
    let shown = Samples {
        frame,
        head,
        asked,
        problems,
        names,
        all,
        found,
        most: MOST,
    };
    Ok(page(status, &shown))
}

async fn find(
    state: &AppState,
    asked: &Asked,
    call: &Project<ReadRole>,
) -> Result<MetadataQueryResult, ApiError> {
    let querying: Project<QueryRole> = call.as_role()?;
    let table = match asked.get("table") {
        "" => DEFAULT_METADATA_TSV,
        table => table,
    };
    let request = json!({"tsv_filter": asked.get("filter"), "metadata_tsv_name": table});
    let body = typed::<MetadataQueryRequest>(request)?;
    sample_metadata::at_once(state, querying.with(body)).await
}
