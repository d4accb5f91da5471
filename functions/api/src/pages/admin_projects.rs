//! `/admin/projects`: every project with its storage; quota, closing and opening.

use askama::Template;
use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use divbase_contract::projects::{ProjectChange, ProjectInfo};
use serde_json::{Map, Value};

use super::{
    fields::{Fields, typed},
    frame::Frame,
    respond::Go,
    show,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, Caller, Path, Query},
    routes::{
        paging::Paging,
        projects::{change, list},
    },
};

/// Bytes of the unit in which quotas are typed.
const GIB: f64 = 1_073_741_824.0;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/admin/projects", get(projects))
        .route("/admin/projects/{project_name}", post(set))
}

#[derive(Template)]
#[template(path = "admin_projects.html")]
struct Projects {
    frame: Frame,
    projects: Vec<ProjectInfo>,
    next: Option<i64>,
}

impl Projects {
    /// The quota in GiB.
    fn quota(&self, project: &ProjectInfo) -> String {
        let text = format!("{:.3}", project.storage_quota_bytes as f64 / GIB);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

async fn projects(
    state: AppState,
    frame: Frame,
    _: Admin,
    caller: Caller,
    paging: Query<Paging>,
) -> Result<Response, ApiError> {
    view(state, frame, caller, paging).await
}

async fn view(
    state: AppState,
    frame: Frame,
    caller: Caller,
    paging: Query<Paging>,
) -> Result<Response, ApiError> {
    let every = Query(list::Which { all: true });
    let found = list::list(state, caller, every, paging).await?.0;
    Ok(frame.page(|frame| Projects {
        frame,
        projects: found.projects,
        next: found.next,
    }))
}

/// The quota in bytes, or what was typed if it is no number.
fn bytes(gib: &str) -> Value {
    match gib.parse::<f64>() {
        Ok(number) if number.is_finite() => ((number * GIB).round() as i64).into(),
        _ => gib.into(),
    }
}

async fn set(
    state: AppState,
    frame: Frame,
    admin: Admin,
    caller: Caller,
    path: Path<change::ProjectPath>,
    fields: Fields,
) -> Result<Response, ApiError> {
    let done = async {
        let mut wanted = Map::new();
        if let Some(gib) = fields.typed("quota_gib") {
            wanted.insert("storage_quota_bytes".to_owned(), bytes(gib));
        }
        if let Some(open) = fields.typed("is_active") {
            wanted.insert("is_active".to_owned(), (open == "true").into());
        }
        if wanted.is_empty() {
            return Err(ApiError::field(
                "body",
                "give a quota, or whether it is open",
            ));
        }
        let wanted = typed::<ProjectChange>(Value::Object(wanted))?;
        change::change(state.clone(), admin, path, wanted).await
    };
    match done.await {
        Ok(changed) => {
            let text = format!("{} is changed.", changed.0.name);
            Ok(Go::to("/admin/projects").saying(&text).into_response())
        }
        Err(error) => {
            view(
                state,
                frame.refused(&error),
                caller,
                Query(Paging::default()),
            )
            .await
        }
    }
}
