//! `/projects/{project_name}/samples`: the samples of a project with what its metadata table says of them; with a filter, those
//! that fit. A map shows where they come from, and a matrix which files have them.

use std::sync::Arc;

use askama::Template;
use axum::{Router, response::Response, routing::get};
use divbase_contract::{field::ObjectKey, limits::DEFAULT_METADATA_TSV};
use divbase_db::ProjectMember;
use divbase_service::{
    ServiceError,
    shown::{AskedTable, Fitting, Matrix, ProjectFacts, SampleTable},
};
use divbase_tasks::TaskError;

use super::{
    asked::Asked,
    frame::Frame,
    head::Head,
    map::{Map, position},
    show,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{Project, QueryRole, ReadRole},
};

/// Samples of one page.
const ROWS: usize = 100;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/projects/{project_name}/samples", get(view))
}

#[derive(Template)]
#[template(path = "samples.html")]
struct Samples {
    frame: Frame,
    head: Head,
    asked: Asked,
    facts: Arc<ProjectFacts>,
    /// Nothing if there is none, or the reader may not ask it.
    table: Option<Arc<SampleTable>>,
    /// Names without a table, and which files have them.
    names: Vec<String>,
    matrix: Matrix,
    from: usize,
}

/// A map as it stands in the page.
#[derive(Template)]
#[template(path = "samples_map.html")]
struct Figure {
    map: Map,
}

/// The figure of a map, with all names escaped; empty if there is no place.
fn drawn(found: &Fitting) -> String {
    let places = found.places.as_deref();
    let map = places.and_then(|places| Map::of(places, found.without_place));
    let figure = map.and_then(|map| Figure { map }.render().ok());
    figure.unwrap_or_default()
}

impl Samples {
    fn key(&self) -> &str {
        table_of(&self.asked)
    }

    fn fitting(&self) -> Option<&Fitting> {
        self.table.as_ref()?.answer.as_ref().ok()
    }

    /// Why the filter has no answer, if the table has.
    fn refusal(&self) -> Option<&str> {
        // Faults of the table stand in their own list.
        let table = self
            .table
            .as_ref()
            .filter(|table| table.errors.is_empty())?;
        table.answer.as_ref().err().map(String::as_str)
    }

    /// Of a fault of the filter, what is wrong, and the filter with carets below the place.
    fn fault<'t>(&self, text: &'t str) -> Option<(&'t str, &'t str)> {
        let carets = text.rfind('\n')?;
        let line = text[..carets].rfind('\n')?;
        Some((&text[..line], &text[line + 1..]))
    }

    /// The map, drawn once for as long as the table stays the same: of two thousand places it is most of the page.
    fn map(&self) -> Option<&str> {
        let found = self.fitting()?;
        let figure = found.drawn.get_or_init(|| drawn(found));
        Some(figure.as_str()).filter(|figure| !figure.is_empty())
    }

    /// How many samples there are to page through.
    fn count(&self) -> usize {
        self.fitting()
            .map_or(self.facts.samples.len(), |found| found.samples)
    }

    fn matrix(&self) -> &Matrix {
        self.fitting().map_or(&self.matrix, |found| &found.matrix)
    }

    fn before(&self) -> Option<String> {
        (self.from > 0).then(|| {
            self.asked
                .with("from", &self.from.saturating_sub(ROWS).to_string())
        })
    }

    fn after(&self) -> Option<String> {
        let next = self.from + ROWS;
        (next < self.count()).then(|| self.asked.with("from", &next.to_string()))
    }

    /// Where the last of the page is.
    fn to(&self) -> usize {
        self.count().min(self.from + ROWS)
    }
}

fn table_of(asked: &Asked) -> &str {
    match asked.get("table") {
        "" => DEFAULT_METADATA_TSV,
        table => table,
    }
}

async fn view(
    state: AppState,
    mut frame: Frame,
    asked: Asked,
    call: Project<ReadRole>,
) -> Result<Response, ApiError> {
    let head = Head::of(&call.project, "samples");
    let services = state.runner.services();
    let facts = ProjectFacts::of(services, call.project.project_id)
        .await
        .map_err(refused)?;
    let from = asked.get("from").parse().unwrap_or(0);
    let mut table = None;
    if call.as_role::<QueryRole>().is_ok() {
        match find(&state, &asked, &call, &facts, from).await {
            Ok(found) => table = found,
            Err(error) => frame = frame.refused(&error),
        }
    } else if !asked.get("filter").is_empty()
        && let Err(error) = call.as_role::<QueryRole>()
    {
        frame = frame.refused(&error);
    }
    let (mut names, mut matrix) = (Vec::new(), Matrix::default());
    if table.is_none() {
        names = facts
            .samples
            .iter()
            .skip(from)
            .take(ROWS)
            .cloned()
            .collect();
        let shown: Vec<&str> = names.iter().map(String::as_str).collect();
        matrix = Matrix::of(&facts, &shown);
    }
    Ok(frame.page(|frame| Samples {
        frame,
        head,
        asked,
        facts,
        table,
        names,
        matrix,
        from,
    }))
}

async fn find(
    state: &AppState,
    asked: &Asked,
    call: &Project<ReadRole>,
    facts: &Arc<ProjectFacts>,
    from: usize,
) -> Result<Option<Arc<SampleTable>>, ApiError> {
    let key: ObjectKey = table_of(asked)
        .parse()
        .map_err(|error| ApiError::field("query.table", error))?;
    let wanted = AskedTable {
        filter: asked.get("filter"),
        from,
        ..first_page(&call.project, &key)
    };
    let found = SampleTable::of(state.runner.services(), facts, wanted).await;
    let found = found.map_err(refused)?;
    if found.is_none() && !asked.get("table").is_empty() {
        return Err(ApiError::bad_request(format!(
            "The sample metadata file '{key}' does not exist in the project."
        )));
    }
    Ok(found)
}

/// The table as its page shows it first.
pub(super) fn first_page<'a>(project: &'a ProjectMember, key: &'a str) -> AskedTable<'a> {
    AskedTable {
        project_id: project.project_id,
        bucket: &project.bucket_name,
        key,
        filter: "",
        from: 0,
        most: ROWS,
    }
}

/// As the JSON route words it.
pub(super) fn refused(error: ServiceError) -> ApiError {
    match TaskError::from(error) {
        TaskError::User { message, .. } => ApiError::bad_request(message),
        error => ApiError::internal(error),
    }
}
