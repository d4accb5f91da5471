//! `GET /openapi.json`: the committed document, which a test holds against the code that it describes. What would make it of that code at
//! run time is much, and is left out of the programs.

mod answers;
mod bounds;
mod made;
mod operations;
mod refuses;

use std::{
    collections::BTreeSet,
    sync::{Arc, OnceLock},
};

use axum::{Json, Router, response::IntoResponse, routing::get};
use http::StatusCode;
use serde_json::{Map, Value};

pub use self::made::document;
pub use self::refuses::Refuses;
use crate::{AppState, described::Served, error::ApiError, routes::htsget::TICKET_PATHS};

/// All routes, development ones included.
const COMMITTED: &str = include_str!("../../../docs/openapi.json");

/// The route, which answers with what is served. It is read when it is asked for first.
pub(crate) fn route(served: Served) -> Router<AppState> {
    let read: Arc<OnceLock<Option<Value>>> = Arc::default();
    let answer = async move || match read.get_or_init(|| document_of(&served)) {
        Some(document) => Ok(Json(document).into_response()),
        None => Err(ApiError::http(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the committed document is no JSON",
        )),
    };
    Router::new().route("/openapi.json", get(answer))
}

/// The committed document without what is not served; nothing if it is no JSON.
fn document_of(served: &Served) -> Option<Value> {
    let mut document: Value = serde_json::from_str(COMMITTED).ok()?;
    let paths = document.get_mut("paths")?.as_object_mut()?;
    for (path, item) in &mut *paths {
        let [routed, described] = TICKET_PATHS;
        let path = if path == described { routed } else { path };
        item.as_object_mut()?
            .retain(|method, _| served.contains(path, method));
    }
    paths.retain(|_, item| item.as_object().is_some_and(|item| !item.is_empty()));
    let schemas = document.pointer("/components/schemas")?.as_object()?;
    let named = named_in(&document["paths"], schemas);
    let schemas = document
        .pointer_mut("/components/schemas")?
        .as_object_mut()?;
    schemas.retain(|name, _| named.contains(name));
    Some(document)
}

/// The names of the schemas that these refer to, and those refer to.
fn named_in(paths: &Value, schemas: &Map<String, Value>) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    let mut open = vec![paths];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(fields) => {
                let name = fields.get("$ref").and_then(Value::as_str);
                let name = name.and_then(|name| name.rsplit('/').next());
                if let Some(name) = name.filter(|name| named.insert((*name).to_owned())) {
                    open.extend(schemas.get(name));
                }
                open.extend(fields.values());
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    named
}

#[cfg(test)]
mod tests {
    use divbase_telemetry::Environment;

    use super::*;
    use crate::routes;

    #[test]
    fn what_is_told_is_what_the_code_describes() {
        for environment in [Environment::Test, Environment::Deployed] {
            let (_, served) = routes::all::<Served>(environment).into_parts();
            let told = document_of(&served).expect("it is JSON");
            let described = serde_json::to_value(made::document_of(environment)).expect("JSON");
            for part in ["paths", "components"] {
                let (told, described) = (&told[part], &described[part]);
                let names = |value: &Value| {
                    let fields = value.as_object().into_iter().flatten();
                    fields.map(|(name, _)| name.clone()).collect::<Vec<_>>()
                };
                assert_eq!(names(told), names(described), "{part}");
            }
            assert_eq!(told, described);
        }
    }
}
