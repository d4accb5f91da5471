//! `/projects/{project_name}/uploads`: uploads that were broken off, how far they came, and giving them up.

use askama::Template;
use axum::{
    Router,
    response::Response,
    routing::{get, post},
};
use divbase_contract::multipart::OpenUploads;
use serde_json::json;

use super::{
    fields::{Fields, typed},
    frame::Frame,
    head::Head,
    respond::Go,
    show,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{Project, QueryRole},
    routes::s3::{multipart_abort, multipart_list},
};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/projects/{project_name}/uploads", get(show))
        .route("/projects/{project_name}/uploads/abort", post(abort))
}

#[derive(Template)]
#[template(path = "uploads.html")]
struct Uploads {
    frame: Frame,
    head: Head,
    open: OpenUploads,
}

async fn show(
    state: AppState,
    frame: Frame,
    call: Project<QueryRole>,
) -> Result<Response, ApiError> {
    let head = Head::of(&call.project, "files");
    let open = multipart_list::handler(state, call).await?.0;
    Ok(frame.page(|frame| Uploads { frame, head, open }))
}

async fn abort(state: AppState, call: Project<QueryRole, Fields>) -> Result<Go, ApiError> {
    let (name, upload_id) = (call.body.get("name"), call.body.get("upload_id"));
    let upload = typed(json!({"name": name, "upload_id": upload_id}))?;
    let _ = multipart_abort::handler(state, call.with(upload)).await?;
    let to = format!("/projects/{}/uploads", call.project.project_name);
    Ok(Go::to(to).saying(&format!("The upload of {name} is given up.")))
}
