//! `/projects/{project_name}/versions` and `…/version?name=`: versions of a project, which name a version of each file; making
//! them, how they differ, deleting and freezing.

use askama::Template;
use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use divbase_contract::{
    field::ProjectVersionName,
    project_versions::{
        AddVersion, ChangedFile, DeleteVersion, ListedVersion, NamedVersion, VersionDiff,
    },
};
use serde_json::json;

use super::{
    asked::Asked,
    fields::{Fields, typed},
    frame::Frame,
    head::Head,
    respond::Go,
    show,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{EditRole, ManageRole, Project, Query, QueryRole, ReadRole},
    routes::project_versions::{
        add, delete,
        diff::{self, Pair},
        freeze,
        list::{self, DeletedToo},
        undelete,
    },
};

/// Files of a list that are shown.
const MOST: usize = 500;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/projects/{project_name}/versions", get(show).post(make))
        .route("/projects/{project_name}/version", get(compare))
        .route("/projects/{project_name}/versions/delete", post(remove))
        .route(
            "/projects/{project_name}/versions/undelete",
            post(bring_back),
        )
        .route("/projects/{project_name}/versions/freeze", post(freeze_one))
}

#[derive(Template)]
#[template(path = "versions.html")]
struct Versions {
    frame: Frame,
    head: Head,
    fields: Fields,
    versions: Vec<ListedVersion>,
}

#[derive(Template)]
#[template(path = "version.html")]
struct Version {
    frame: Frame,
    head: Head,
    diff: VersionDiff,
    versions: Vec<ListedVersion>,
}

impl Version {
    /// Each list of the comparison with its heading.
    fn lists(&self) -> [(&'static str, &[ChangedFile]); 3] {
        [
            ("Added", &self.diff.added),
            ("Changed", &self.diff.changed),
            ("Removed", &self.diff.removed),
        ]
    }

    /// The other side in words.
    fn to(&self) -> &str {
        self.diff.to.as_deref().unwrap_or("now")
    }

    fn most(&self) -> usize {
        MOST
    }

    fn cut(&self, files: &[ChangedFile]) -> usize {
        files.len().saturating_sub(MOST)
    }

    fn is_same(&self) -> bool {
        self.lists().iter().all(|(_, files)| files.is_empty())
    }

    /// Bytes before and after, as far as the file was there.
    fn sizes(&self, file: &ChangedFile) -> String {
        let size = |side: &Option<_>| match side {
            Some(divbase_contract::project_versions::VersionedFile { size, .. }) => {
                show::size(size)
            }
            None => "–".to_owned(),
        };
        format!("{} → {}", size(&file.before), size(&file.after))
    }
}

async fn listed<B>(
    state: &AppState,
    call: &Project<ReadRole, B>,
    with_deleted: bool,
) -> Result<Vec<ListedVersion>, ApiError> {
    let which = Query(DeletedToo {
        include_deleted: with_deleted,
    });
    let found = list::handler(state.clone(), which, call.reading(())).await?;
    Ok(found.0)
}

async fn show(
    state: AppState,
    frame: Frame,
    call: Project<ReadRole>,
) -> Result<Response, ApiError> {
    view(&state, frame, &call, Fields::default()).await
}

async fn view(
    state: &AppState,
    frame: Frame,
    call: &Project<ReadRole>,
    fields: Fields,
) -> Result<Response, ApiError> {
    let head = Head::of(&call.project, "versions");
    let versions = listed(state, call, head.manages()).await?;
    Ok(frame.page(|frame| Versions {
        frame,
        head,
        fields,
        versions,
    }))
}

async fn make(
    state: AppState,
    frame: Frame,
    call: Project<QueryRole, Fields>,
) -> Result<Response, ApiError> {
    let fields = call.body.clone();
    let made = async {
        let body = json!({"name": fields.get("name").trim(), "description": fields.get("description").trim()});
        let body = typed::<AddVersion>(body)?;
        add::handler(state.clone(), call.with(body)).await
    };
    match made.await {
        Ok(made) => {
            let text = format!("The version {} is made.", made.0.name);
            Ok(
                Go::to(format!("/projects/{}/versions", call.project.project_name))
                    .saying(&text)
                    .into_response(),
            )
        }
        Err(error) => {
            let reader = call.as_role::<ReadRole>()?;
            view(&state, frame.refused(&error), &reader, fields).await
        }
    }
}

/// What changed since a version: until now, or until another.
async fn compare(
    state: AppState,
    frame: Frame,
    asked: Asked,
    call: Project<ReadRole>,
) -> Result<Response, ApiError> {
    let name = |field: &str| -> Result<ProjectVersionName, ApiError> {
        let name = asked.get(field).parse();
        name.map_err(|error| ApiError::field(&format!("query.{field}"), error))
    };
    let to = if asked.get("to").is_empty() {
        None
    } else {
        Some(name("to")?)
    };
    let pair = Pair {
        from: name("name")?,
        to,
    };
    let versions = listed(&state, &call, false).await?;
    let head = Head::of(&call.project, "versions");
    let diff = diff::handler(state, Query(pair), call).await?.0;
    Ok(frame.page(|frame| Version {
        frame,
        head,
        diff,
        versions,
    }))
}

fn back(project: &str, text: &str) -> Go {
    Go::to(format!("/projects/{project}/versions")).saying(text)
}

async fn remove(state: AppState, call: Project<EditRole, Fields>) -> Result<Go, ApiError> {
    let name = call.body.get("name");
    let body = typed::<DeleteVersion>(json!({ "version_name": name }))?;
    let _ = delete::handler(state, call.with(body)).await?;
    let text = format!("The version {name} is deleted. Managers can take that back.");
    Ok(back(&call.project.project_name, &text))
}

async fn bring_back(state: AppState, call: Project<ManageRole, Fields>) -> Result<Go, ApiError> {
    let name = call.body.get("name");
    let body = typed::<NamedVersion>(json!({ "version_name": name }))?;
    let _ = undelete::handler(state, call.with(body)).await?;
    Ok(back(
        &call.project.project_name,
        &format!("The version {name} is back."),
    ))
}

async fn freeze_one(state: AppState, call: Project<ManageRole, Fields>) -> Result<Go, ApiError> {
    let name = call.body.get("name");
    let body = typed::<NamedVersion>(json!({ "version_name": name }))?;
    let _ = freeze::handler(state, call.with(body)).await?;
    let text = format!("The version {name} is frozen: nobody can change or delete it any more.");
    Ok(back(&call.project.project_name, &text))
}
