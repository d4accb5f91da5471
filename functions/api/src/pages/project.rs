//! `/projects/{project_name}`: what is in a project, what is wrong with it, what to do next.

use std::sync::Arc;

use askama::Template;
use axum::{Router, response::Response, routing::get};
use divbase_contract::{
    history::{PageSize, TaskHistoryItem},
    limits::DEFAULT_METADATA_TSV,
    projects::ProjectInfo,
};
use divbase_db::tasks::HistoryScope;
use divbase_service::shown::{ProjectFacts, SampleTable};

use super::{
    frame::Frame,
    head::Head,
    pictures::{Figure, of_project},
    samples::{first_page, refused},
    show,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{Governed, ReadRole},
    routes::task_history::list_query::{ListQuery, listed},
};

/// Faults that are shown here; the files' page has all.
const MOST_FAULTS: usize = 20;

/// Tasks that are shown here.
const TASKS: i64 = 5;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/projects/{project_name}", get(show))
}

#[derive(Template)]
#[template(path = "project.html")]
struct Overview {
    frame: Frame,
    head: Head,
    info: ProjectInfo,
    /// What members see.
    inside: Option<Inside>,
}

struct Inside {
    facts: Arc<ProjectFacts>,
    figures: Vec<Figure>,
    /// The metadata table, if there is one, and why it could not be read.
    table: Option<Arc<SampleTable>>,
    table_fault: Option<String>,
    tasks: Vec<TaskHistoryItem>,
    /// The newest version of the project.
    version: Option<String>,
}

impl Inside {
    fn faults(&self) -> &[(String, String)] {
        &self.facts.faulty[..self.facts.faulty.len().min(MOST_FAULTS)]
    }

    /// How the table and the files do not fit, in words.
    fn of_table(&self) -> Vec<&str> {
        let table = self.table.iter();
        let findings = table.flat_map(|table| table.errors.iter().chain(&table.warnings));
        findings
            .map(|finding| finding.message.as_str())
            .take(3)
            .collect()
    }

    fn is_anything_wrong(&self) -> bool {
        !self.facts.faulty.is_empty() || self.table_fault.is_some() || !self.of_table().is_empty()
    }
}

async fn show(
    state: AppState,
    frame: Frame,
    call: Governed<ReadRole>,
) -> Result<Response, ApiError> {
    let (head, info) = Head::governed(&state, &call, "overview").await?;
    let mut inside = None;
    if head.is_member {
        inside = Some(look_inside(&state, &head, &call).await?);
    }
    Ok(frame.page(|frame| Overview {
        frame,
        head,
        info,
        inside,
    }))
}

async fn look_inside(
    state: &AppState,
    head: &Head,
    call: &Governed<ReadRole>,
) -> Result<Inside, ApiError> {
    let services = state.runner.services();
    let project_id = call.project.project_id;
    let facts = ProjectFacts::of(services, project_id)
        .await
        .map_err(refused)?;
    let density = facts.density(services).await.map_err(refused)?;
    let figures = of_project(density, facts.counts.scaffolds, facts.counts.records);
    let (mut table, mut table_fault, mut tasks) = (None, None, Vec::new());
    if head.queries() {
        let asked = first_page(&call.project, DEFAULT_METADATA_TSV);
        match SampleTable::of(services, &facts, asked)
            .await
            .map_err(refused)
        {
            Ok(found) => table = found,
            Err(error) if error.status().is_client_error() => {
                table_fault = Some(error.words().join(" "));
            }
            Err(error) => return Err(error),
        }
        let scope = if head.manages() {
            HistoryScope::Project(project_id)
        } else {
            HistoryScope::UserInProject(call.user.id, project_id)
        };
        let query = ListQuery {
            limit: Some(PageSize::nearest(TASKS)),
            ..ListQuery::default()
        };
        tasks = listed(state, scope, query).await?;
    }
    let versions = state.db.project_versions(project_id).await?;
    let mut live = versions
        .into_iter()
        .filter(|version| version.deleted_at.is_none());
    Ok(Inside {
        figures: figures.into_iter().collect(),
        facts,
        table,
        table_fault,
        tasks,
        version: live.next().map(|version| version.name),
    })
}
