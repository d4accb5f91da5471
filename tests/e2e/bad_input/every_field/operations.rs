//! The operations of the OpenAPI document, each with a request that is good and the fields that it has.

use std::collections::BTreeMap;

use divbase_tests::client::{Method, Request};
use serde_json::{Value, json};

use super::{
    good::{good, known},
    hostile::{self, Hostile},
};

/// Where a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Path,
    Query,
    Form,
    Body,
}

/// A field of a request.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) place: Place,
    /// As messages name it.
    pub(super) name: String,
    /// Where in the body (RFC 6901).
    pointer: String,
    pub(super) is_list: bool,
}

/// An operation.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub(super) method: String,
    pub(super) path: String,
    fields: Vec<Field>,
    body: Option<Value>,
}

/// Follows a reference, and takes what an optional value is when it is there.
fn resolved<'a>(document: &'a Value, schema: &'a Value) -> (&'a str, &'a Value) {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        let (_, target) = resolved(document, &document["components"]["schemas"][name]);
        return (name, target);
    }
    let given = ["oneOf", "anyOf"]
        .iter()
        .filter_map(|key| schema[key].as_array())
        .flatten()
        .find(|option| option["type"] != "null");
    given.map_or(("", schema), |option| resolved(document, option))
}

fn is(schema: &Value, kind: &str) -> bool {
    let types = &schema["type"];
    types == kind
        || types
            .as_array()
            .is_some_and(|all| all.iter().any(|one| one == kind))
}

/// Visits a schema and all below it, each with its pointer and the name that messages give it.
fn visit<'a>(
    document: &'a Value,
    schema: &'a Value,
    (pointer, name): (&str, &str),
    seen: &mut impl FnMut(&str, &str, &'a Value),
) {
    let (_, schema) = resolved(document, schema);
    seen(pointer, name, schema);
    for part in schema["allOf"].as_array().into_iter().flatten() {
        visit(document, part, (pointer, name), seen);
    }
    for (property, inner) in schema["properties"].as_object().into_iter().flatten() {
        visit(
            document,
            inner,
            (&format!("{pointer}/{property}"), property),
            seen,
        );
    }
    if is(schema, "array") {
        let item = if name == "body" { "[0]" } else { name };
        visit(
            document,
            &schema["items"],
            (&format!("{pointer}/0"), item),
            seen,
        );
    }
}

fn body_schema(operation: &Value) -> Option<(Place, &Value)> {
    let content = operation["requestBody"]["content"].as_object()?;
    let (kind, media) = content.iter().next()?;
    let place = if kind == "application/json" {
        Place::Body
    } else {
        Place::Form
    };
    Some((place, &media["schema"]))
}

fn all(document: &Value) -> impl Iterator<Item = (&String, &String, &Value)> {
    document["paths"]
        .as_object()
        .into_iter()
        .flatten()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().into_iter().flatten();
            methods.map(move |(method, operation)| (path, method, operation))
        })
}

/// The operations.
pub(super) fn operations(document: &Value) -> Vec<Operation> {
    all(document)
        .map(|(path, method, operation)| read(document, path, method, operation))
        .collect()
}

fn read(document: &Value, path: &str, method: &str, operation: &Value) -> Operation {
    let mut fields = Vec::new();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        fields.push(Field {
            place: if parameter["in"] == "path" {
                Place::Path
            } else {
                Place::Query
            },
            name: parameter["name"].as_str().unwrap_or_default().to_owned(),
            pointer: String::new(),
            is_list: false,
        });
    }
    let mut body = None;
    if let Some((place, schema)) = body_schema(operation) {
        let (name, schema) = resolved(document, schema);
        body = Some(if is(schema, "array") {
            let (item, _) = resolved(document, &schema["items"]);
            json!([if item == "ObjectKey" {
                json!("table.tsv")
            } else {
                known(item)
            }])
        } else {
            known(name)
        });
        visit(
            document,
            schema,
            ("", "body"),
            &mut |pointer, name, schema| {
                fields.push(Field {
                    place,
                    name: name.to_owned(),
                    pointer: pointer.to_owned(),
                    is_list: is(schema, "array"),
                });
            },
        );
    }
    Operation {
        method: method.to_uppercase(),
        path: path.to_owned(),
        fields,
        body,
    }
}

/// Fields of requests without a bound.
pub(super) fn unbounded(document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (path, method, operation) in all(document) {
        let mut look = |_: &str, name: &str, schema: &Value| {
            let has = |keys: &[&str]| keys.iter().any(|key| !schema[*key].is_null());
            let bounded = if is(schema, "string") {
                has(&["maxLength", "enum", "format"])
            } else if is(schema, "integer") {
                has(&["maximum", "format"])
            } else if is(schema, "array") {
                has(&["maxItems"])
            } else {
                true
            };
            if !bounded {
                found.push(format!("{method} {path}: {name}"));
            }
        };
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap_or_default();
            visit(document, &parameter["schema"], ("", name), &mut look);
        }
        if let Some((_, schema)) = body_schema(operation) {
            visit(document, schema, ("", "body"), &mut look);
        }
    }
    found
}

/// For a path segment or a query string.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

/// A project of its own for what changes limits: one that is taken must not keep other requests from their fields.
pub(super) const CHANGED_PROJECT: &str = "plaice";

impl Operation {
    fn changes_a_project(&self) -> bool {
        self.method == "PATCH" && self.path == "/projects/{project_name}"
    }

    /// Every field with everything that is tried in it.
    pub(super) fn attacks(&self) -> impl Iterator<Item = (&Field, Hostile)> {
        self.fields.iter().flat_map(|field| {
            hostile::values(field)
                .into_iter()
                .map(move |value| (field, value))
        })
    }

    /// The good request with one field that is not.
    pub(super) fn request(
        &self,
        attacked: &Field,
        hostile: &Hostile,
        ids: &BTreeMap<&str, String>,
    ) -> Request {
        let mut path = format!("/v1{}", self.path);
        let mut query = String::new();
        for field in self
            .fields
            .iter()
            .filter(|field| field.place != Place::Body)
        {
            let is_attacked = field.place == attacked.place && field.name == attacked.name;
            let value = if is_attacked {
                hostile.text()
            } else {
                let id = ids.get(field.name.as_str()).map(String::as_str);
                let usual = id.unwrap_or_else(|| good(&field.name));
                match field.name == "project_name" && self.changes_a_project() {
                    true => CHANGED_PROJECT.to_owned(),
                    false => usual.to_owned(),
                }
            };
            if field.place == Place::Path {
                path = path.replace(&format!("{{{}}}", field.name), &encoded(&value));
            } else if field.place == Place::Query && (is_attacked || !value.is_empty()) {
                query += &format!("&{}={}", field.name, encoded(&value));
            }
        }
        let target = format!("{path}?{}", query.trim_start_matches('&'));
        let method = Method::from_bytes(self.method.as_bytes()).unwrap_or(Method::GET);
        let request = Request::new(method, &target);
        let Some(body) = &self.body else {
            return request;
        };
        match attacked.place {
            Place::Body => request.json(&changed(body, &attacked.pointer, hostile)),
            Place::Form => {
                let pairs: Vec<(String, String)> = body
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(name, value)| {
                        let is_attacked = *name == attacked.name;
                        let good = value.as_str().unwrap_or_default().to_owned();
                        (
                            name.clone(),
                            if is_attacked { hostile.text() } else { good },
                        )
                    })
                    .collect();
                let pairs: Vec<(&str, &str)> = pairs
                    .iter()
                    .map(|(a, b)| (a.as_str(), b.as_str()))
                    .collect();
                request.form(&pairs)
            }
            Place::Path | Place::Query => request.json(body),
        }
    }
}

/// The body with another value at a place.
fn changed(body: &Value, pointer: &str, hostile: &Hostile) -> Value {
    let mut body = body.clone();
    if pointer.is_empty() {
        return hostile.value(&body);
    }
    let (parent, last) = pointer.rsplit_once('/').unwrap_or_default();
    let good = body.pointer(pointer).cloned().unwrap_or_default();
    let value = hostile.value(&good);
    match body.pointer_mut(parent) {
        Some(Value::Object(fields)) => {
            fields.insert(last.to_owned(), value);
        }
        Some(Value::Array(items)) => *items = vec![value],
        Some(parent) => *parent = json!([value]),
        None => {}
    }
    body
}
