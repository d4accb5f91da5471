//! `/projects/{project_name}`: what is in a project, what is wrong with it, what to do next.

use askama::Template;
use axum::{Router, extract::State, response::Response, routing::get};
use divbase_contract::projects::ProjectInfo;
use divbase_db::FileCounts;
use http::StatusCode;

use super::{frame::Frame, head::Head, respond::page, show};
use crate::{
    AppState,
    error::ApiError,
    extract::{Governed, ReadRole},
    routes::projects::list,
};

/// Faults that are shown here; the files' page has all.
const MOST_FAULTS: usize = 20;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/projects/{project_name}", get(show))
}

#[derive(Template)]
#[template(path = "project.html")]
struct Overview {
    frame: Frame,
    head: Head,
    info: ProjectInfo,
    counts: FileCounts,
    faults: Vec<(String, String)>,
}

async fn show(
    State(state): State<AppState>,
    frame: Frame,
    call: Governed<ReadRole>,
) -> Result<Response, ApiError> {
    let project_id = call.project.project_id;
    let mut head = Head::of(&call.project, "overview");
    let info = list::show(State(state.clone()), call).await?.0;
    head.is_member = info.role.is_some();
    let (mut counts, mut faults) = (FileCounts::default(), Vec::new());
    if head.is_member {
        counts = state.db.file_counts(project_id).await?;
        if counts.faulty > 0 {
            faults = state.db.faulty_files(project_id).await?;
            faults.truncate(MOST_FAULTS);
        }
    }
    Ok(page(
        StatusCode::OK,
        &Overview {
            frame,
            head,
            info,
            counts,
            faults,
        },
    ))
}
