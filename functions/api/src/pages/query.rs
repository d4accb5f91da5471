//! `/projects/{project_name}/query`: a form that makes a query, shows how it would be answered, and submits it. Beside it stand
//! the command and the call that ask the same.

use askama::Template;
use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::get,
};
use divbase_contract::{limits::DEFAULT_METADATA_TSV, plan::QueryPlan, query::VcfQueryRequest};
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{
    asked::Asked,
    fields::{Fields, typed},
    frame::Frame,
    head::Head,
    query_words::{as_call, as_command},
    respond::Go,
    show,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{IdempotencyKey, Project, QueryRole, RequestId},
    routes::query::vcf,
};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/projects/{project_name}/query", get(form).post(answer))
}

#[derive(Template)]
#[template(path = "query.html")]
struct Query {
    frame: Frame,
    head: Head,
    fields: Fields,
    table: &'static str,
    planned: Option<Planned>,
}

/// A query that could be submitted.
struct Planned {
    plan: QueryPlan,
    command: String,
    call: String,
}

impl Query {
    fn new(frame: Frame, head: Head, fields: Fields) -> Self {
        Self {
            frame,
            head,
            fields,
            table: DEFAULT_METADATA_TSV,
            planned: None,
        }
    }

    /// Whether samples are chosen in this way; all of them unless something else is said.
    fn chosen(&self, way: &str) -> bool {
        match self.fields.get("selection") {
            "" => way == "all",
            chosen => chosen == way,
        }
    }

    /// Whether the script asks while the form is filled in.
    fn is_live(&self) -> bool {
        self.fields.has("live")
    }

    fn table(&self) -> &str {
        self.fields.typed("metadata_tsv_name").unwrap_or(self.table)
    }
}

async fn form(frame: Frame, asked: Asked, call: Project<QueryRole>) -> Response {
    let fields = Fields::from(asked.into_pairs());
    let head = Head::of(&call.project, "query");
    frame.page(|frame| Query::new(frame, head, fields))
}

async fn answer(
    state: AppState,
    frame: Frame,
    RequestId(request_id): RequestId,
    key: IdempotencyKey,
    call: Project<QueryRole, Fields>,
) -> Response {
    let project = call.project.project_name.clone();
    let done = async {
        let request = request(&call.body)?;
        if call.body.get("action") == "run" {
            let (user, project) = (call.user.clone(), call.project.clone());
            let submitted = vcf::submit(&state, &request_id, &key, user, project, request);
            return Ok(Err(submitted.await?.2.0));
        }
        let plan = vcf::dry_run(&state, &call.user, &call.project, &request).await?;
        Ok(Ok(Planned {
            plan,
            command: as_command(&project, &request),
            call: as_call(&project, &request)?,
        }))
    };
    let (frame, planned) = match done.await {
        Ok(Err(task_id)) => return Go::to(format!("/tasks/{task_id}")).into_response(),
        Ok(Ok(planned)) => (frame, Some(planned)),
        Err(error) => (frame.refused(&error), None),
    };
    let head = Head::of(&call.project, "query");
    let mut answer = frame.page(|frame| Query {
        planned,
        ..Query::new(frame, head, call.body.clone())
    });
    // While the form is filled in, nothing has gone wrong yet.
    if call.body.has("live") {
        *answer.status_mut() = StatusCode::OK;
    }
    answer
}

/// The form as the JSON route takes it. What was typed for another way of choosing samples is left out.
fn request(fields: &Fields) -> Result<VcfQueryRequest, ApiError> {
    let mut body = Map::new();
    let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
    put("command", json!(command(fields)?));
    match fields.get("selection") {
        "filter" => {
            put("tsv_filter", json!(fields.get("tsv_filter").trim()));
            put(
                "metadata_tsv_name",
                json!(fields.get("metadata_tsv_name").trim()),
            );
        }
        "names" => {
            put("samples", json!(lines(fields.get("samples"))));
        }
        _ => {
            put("all_samples", json!(true));
        }
    }
    for name in ["files", "exclude_files"] {
        let keys = lines(fields.get(name));
        if !keys.is_empty() {
            put(name, json!(keys));
        }
    }
    for name in ["project_version", "filter_scope", "on_conflict"] {
        if let Some(value) = fields.typed(name) {
            put(name, json!(value));
        }
    }
    put("no_cache", json!(fields.has("no_cache")));
    Ok(typed::<VcfQueryRequest>(Value::Object(body))?.0)
}

/// The stages: one of the regions and the expression, if they were given, then those that were typed.
fn command(fields: &Fields) -> Result<String, ApiError> {
    // One a line, because positions may be written with commas.
    let regions = fields
        .get("regions")
        .split(['\n', ';'])
        .map(|line| line.replace([',', ' ', '\r', '\t'], ""));
    let regions: Vec<String> = regions.filter(|region| !region.is_empty()).collect();
    let mut first = Vec::new();
    if !regions.is_empty() {
        first.push(format!("-r {}", show::word(&regions.join(","))));
    }
    if let Some(expression) = fields.typed("include") {
        if expression.contains('\'') {
            let text = "write texts in double quotes, such as TYPE=\"snp\"";
            return Err(ApiError::field("body.include", text));
        }
        first.push(format!("-i '{expression}'"));
    }
    let typed = fields.get("command").trim();
    Ok(match (first.is_empty(), typed) {
        (true, "") if fields.has("selection") => "view".to_owned(),
        (true, typed) => typed.to_owned(),
        (false, "") => format!("view {}", first.join(" ")),
        (false, typed) => format!("view {}; {typed}", first.join(" ")),
    })
}

/// Names, one a line or separated by commas.
fn lines(text: &str) -> Vec<&str> {
    let names = text.split(['\n', ',']).map(str::trim);
    names.filter(|name| !name.is_empty()).collect()
}
