//! `/projects/{project_name}/files`: folders and files, how they stand in the index, and what is done with them.

use std::{collections::HashMap, sync::Arc};

use askama::Template;
use axum::{
    Router,
    response::Response,
    routing::{get, post},
};
use chrono::{DateTime, Utc};
use divbase_contract::{
    field::{ContinuationToken, ObjectKey},
    file_versions::{DeletedFile, DeletedRequest},
    files::ObjectKeys,
    limits::BATCH_MAX,
    vcf_keys::{is_result, is_vcf},
};
use divbase_db::{FileState, ProjectMember};
use divbase_storage::ListedObject;
use serde::Deserialize;
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
    extract::{EditRole, JsonBody, Project, Query, ReadRole},
    routes::s3::{delete, list_soft_deleted, restore},
};

/// Files and folders of one page.
const MOST: i32 = 200;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/projects/{project_name}/files", get(show))
        .route("/projects/{project_name}/files/deleted", get(deleted))
        .route("/projects/{project_name}/files/delete", post(remove))
        .route("/projects/{project_name}/files/restore", post(bring_back))
        .route("/projects/{project_name}/files/download", post(fetch))
}

/// Which part of a list of files an address names.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Which {
    /// The folder, with its last slash.
    prefix: String,
    /// Where the page before ended.
    next_token: Option<String>,
}

impl Which {
    /// Folder and token. Programs that write to the bucket themselves make folders that no upload could: they are shown all the same.
    ///
    /// # Errors
    /// 422 if they are none.
    pub(super) fn parts(self) -> Result<(String, Option<String>), ApiError> {
        if !self.prefix.is_empty() {
            let folder = self.prefix.parse::<ObjectKey>();
            folder.map_err(|error| ApiError::field("query.prefix", error))?;
        }
        if let Some(token) = &self.next_token {
            let token = token.parse::<ContinuationToken>();
            token.map_err(|error| ApiError::field("query.next_token", error))?;
        }
        Ok((self.prefix, self.next_token))
    }
}

/// A part of the list of files.
#[derive(Debug)]
pub(crate) struct Listing {
    /// Folders, with their last slash.
    folders: Vec<String>,
    files: Vec<Row>,
    /// Where the next part begins.
    next: Option<String>,
}

/// A file in the list.
#[derive(Debug)]
struct Row {
    name: String,
    size: u64,
    modified: DateTime<Utc>,
    standing: Standing,
}

/// How a file stands in the index.
#[derive(Debug)]
enum Standing {
    /// It is no VCF by name.
    NoVcf,
    /// It is the result of a query.
    Result,
    /// It is looked at within seconds.
    Waiting,
    Indexed {
        samples: u64,
        records: u64,
    },
    Faulty(String),
}

#[derive(Template)]
#[template(path = "files.html")]
struct Files {
    frame: Frame,
    head: Head,
    prefix: String,
    listing: Arc<Listing>,
}

#[derive(Template)]
#[template(path = "files_chosen.html")]
struct Chosen {
    frame: Frame,
    head: Head,
    names: Vec<String>,
}

#[derive(Template)]
#[template(path = "files_deleted.html")]
struct Deleted {
    frame: Frame,
    head: Head,
    files: Vec<DeletedFile>,
}

async fn show(
    state: AppState,
    frame: Frame,
    Query(which): Query<Which>,
    call: Project<ReadRole>,
) -> Result<Response, ApiError> {
    let (prefix, token) = which.parts()?;
    let part = (call.project.project_id, prefix, token);
    let read = || read(&state, &call.project, &part.1, part.2.as_deref());
    let listing = state.questions.files.ask(&part, read).await?;
    Ok(frame.page(|frame| Files {
        frame,
        head: Head::of(&call.project, "files"),
        listing,
        prefix: part.1,
    }))
}

/// Reads a part of the list from the store, and how its files stand.
async fn read(
    state: &AppState,
    project: &ProjectMember,
    prefix: &str,
    token: Option<&str>,
) -> Result<Arc<Listing>, ApiError> {
    let listed = state
        .store
        .list_some(&project.bucket_name, prefix, Some("/"), token, MOST)
        .await?;
    let keys: Vec<String> = listed.objects.iter().map(|file| file.key.clone()).collect();
    let states = state.db.file_states(project.project_id, &keys).await?;
    let mut states: HashMap<String, FileState> = states
        .into_iter()
        .map(|state| (state.object_key.clone(), state))
        .collect();
    let files = listed.objects.into_iter().map(|file| {
        let state = states.remove(&file.key);
        row(file, state)
    });
    Ok(Arc::new(Listing {
        files: files.collect(),
        folders: listed.folders,
        next: listed.next_token,
    }))
}

fn row(file: ListedObject, state: Option<FileState>) -> Row {
    let looked_at = state.filter(|state| state.etag == file.etag.trim_matches('"'));
    let standing = match looked_at {
        _ if is_result(&file.key) => Standing::Result,
        _ if !is_vcf(&file.key) => Standing::NoVcf,
        None => Standing::Waiting,
        Some(FileState {
            fault: Some(fault), ..
        }) => Standing::Faulty(fault),
        Some(state) => Standing::Indexed {
            samples: state.samples,
            records: state.records,
        },
    };
    Row {
        name: file.key,
        size: file.size,
        modified: file.last_modified,
        standing,
    }
}

async fn deleted(
    state: AppState,
    frame: Frame,
    call: Project<ReadRole>,
) -> Result<Response, ApiError> {
    let all = JsonBody(DeletedRequest { prefix: None });
    let files = list_soft_deleted::handler(state, call.with(all)).await?.0;
    let head = Head::of(&call.project, "files");
    Ok(frame.page(|frame| Deleted { frame, head, files }))
}

/// What a form is about: the file of the button that was pressed, or those whose boxes are ticked.
fn chosen(fields: &Fields) -> Result<Vec<&str>, ApiError> {
    let names: Vec<&str> = match fields.has("only") {
        true => vec![fields.get("only")],
        false => fields.all("name").collect(),
    };
    if names.is_empty() {
        return Err(ApiError::field("body.name", "choose a file first"));
    }
    Ok(names)
}

/// The same in parts as large as the JSON routes take them.
fn parts(names: &[&str]) -> Result<Vec<JsonBody<ObjectKeys>>, ApiError> {
    let parts = names.chunks(BATCH_MAX);
    parts.map(|part| typed(json!(part))).collect()
}

/// Back to the folder of the first file.
fn folder(project: &str, names: &[&str]) -> String {
    let name = names.first().copied().unwrap_or_default();
    let prefix = name.rfind('/').map_or("", |end| &name[..=end]);
    let prefix: String = url::form_urlencoded::byte_serialize(prefix.as_bytes()).collect();
    format!("/projects/{project}/files?prefix={prefix}")
}

/// The way to each of the files, and the command that fetches all.
async fn fetch(frame: Frame, call: Project<ReadRole, Fields>) -> Result<Response, ApiError> {
    let names = chosen(&call.body)?;
    parts(&names)?;
    Ok(frame.page(|frame| Chosen {
        frame,
        head: Head::of(&call.project, "files"),
        names: names.into_iter().map(str::to_owned).collect(),
    }))
}

async fn remove(state: AppState, call: Project<EditRole, Fields>) -> Result<Go, ApiError> {
    let names = chosen(&call.body)?;
    for part in parts(&names)? {
        let _ = delete::handler(state.clone(), call.with(part)).await?;
    }
    let text = match names[..] {
        [name] => {
            format!("{name} is deleted. It can be restored from the list of deleted files.")
        }
        _ => format!(
            "{} files are deleted. They can be restored from the list of deleted files.",
            show::count_of(names.len())
        ),
    };
    Ok(Go::to(folder(&call.project.project_name, &names)).saying(&text))
}

async fn bring_back(state: AppState, call: Project<EditRole, Fields>) -> Result<Go, ApiError> {
    let names = chosen(&call.body)?;
    let (mut restored, mut gone) = (0, 0);
    for part in parts(&names)? {
        let done = restore::handler(state.clone(), call.with(part)).await?;
        restored += done.0.restored.len();
        gone += done.0.not_restored.len();
    }
    if restored == 0 {
        let text = match names[..] {
            [name] => format!("{name} cannot be restored: nothing of it is left."),
            _ => "None of these files can be restored: nothing of them is left.".to_owned(),
        };
        return Err(ApiError::conflict(text));
    }
    let mut text = match names[..] {
        [name] => format!("{name} is restored."),
        _ => format!(
            "{} {} restored.",
            show::count_of(restored),
            if restored == 1 {
                "file is"
            } else {
                "files are"
            }
        ),
    };
    if gone > 0 {
        text.push_str(&format!(" Of {} nothing is left.", show::count_of(gone)));
    }
    Ok(Go::to(folder(&call.project.project_name, &names)).saying(&text))
}
