//! The operations of the OpenAPI document, each with a request that is good and the fields that it has.

use divbase_tests::client::{Method, Request};
use serde_json::{Value, json};

use super::hostile::{self, Hostile};

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

/// A body of this schema that is taken, where the bounds alone do not say what that is.
pub(super) fn known(schema: &str) -> Value {
    match schema {
        "NewSchedule" => {
            json!({"key": "sweep", "task_name": "cron_tasks.cleanup_old_jwts_and_pats",
            "kwargs": {}, "interval_seconds": 86_400, "enabled": false})
        }
        "ScheduleChange" => json!({"enabled": false}),
        "CreateProject" => json!({"name": "salmon", "bucket_name": "salmon-bucket",
            "storage_quota_bytes": 1}),
        "CreateUser" => {
            json!({"name": "Anna Ek", "email": "anna@example.org", "organisation": "Institute",
            "organisation_role": "Researcher", "password": "a long password", "confirm_password": "a long password"})
        }
        "NewUser" => {
            json!({"name": "Anna Ek", "email": "anna.ek@example.org", "organisation": "Institute",
            "organisation_role": "Researcher", "password": "heron lake fog 71"})
        }
        "NewProject" => json!({"name": "trout"}),
        "NewInvitation" => json!({"email": "guest@example.org"}),
        "NewMember" => json!({"email": "nobody@example.org", "role": "read"}),
        "RoleChange" => json!({"role": "read"}),
        "NewPat" => json!({"name": "laptop", "expires_in_days": 7, "all_projects": true}),
        "AcceptInvitation" => {
            json!({"token": "no-such-token", "name": "Anna Ek", "organisation": "Institute",
            "organisation_role": "Researcher", "password": "heron lake fog 71"})
        }
        "ForgotPassword" => json!({"email": "nobody@example.org"}),
        "Register" => {
            json!({"email": "nobody@example.org", "name": "Anna Ek", "organisation": "Institute",
            "organisation_role": "Researcher", "password": "heron lake fog 71"})
        }
        "ConfirmEmail" => json!({"token": "no-such-token", "password": "not the one"}),
        "ChangeEmail" => json!({"email": "nobody@example.org", "password": "not the one"}),
        "DeleteAccount" => json!({"password": "not the one"}),
        "ResetPassword" => json!({"token": "no-such-token", "password": "heron lake fog 71"}),
        "ChangePassword" => {
            json!({"current_password": "not the one", "new_password": "heron lake fog 71"})
        }
        "QueueSwitch" => json!({"is_closed": false}),
        "VcfQueryRequest" => {
            json!({"command": "view -r 1:1-10", "all_samples": true, "dry_run": true})
        }
        "BcftoolsPipeRequest" => {
            json!({"command": "view -r 1:1-10", "metadata_tsv_name": "table.tsv"})
        }
        "MetadataQueryRequest" => {
            json!({"tsv_filter": "Area:North", "metadata_tsv_name": "table.tsv"})
        }
        "AddVersion" => json!({"name": "v2"}),
        "UpdateVersion" => json!({"version_name": "v1", "new_description": "the first"}),
        "DeleteVersion" => json!({"version_name": "no such version"}),
        "ListRequest" | "DeletedRequest" => json!({}),
        "MakeFolders" => json!({"directories": ["folder"]}),
        "CreateUpload" => json!({"name": "a.tsv", "content_length": 1}),
        "PartUrlsRequest" => json!({"name": "a.tsv", "upload_id": "u", "parts_range_start": 1,
            "parts_range_end": 1, "md5_checksums": ["1B2M2Y8AsgTpgAmY7PhCfg=="]}),
        "CompleteUpload" => json!({"name": "a.tsv", "upload_id": "u",
            "parts": [{"part_number": 1, "etag": "d41d8cd98f00b204e9800998ecf8427e"}]}),
        "AbortUpload" => json!({"name": "a.tsv", "upload_id": "u"}),
        "DownloadRequest" => json!({"name": "table.tsv"}),
        "UploadRequest" => json!({"name": "a.tsv", "content_length": 1}),
        "RefreshRequest" => json!({"refresh_token": "no.such.token"}),
        "LoginForm" => {
            json!({"username": "linnea@example.org", "password": "x", "grant_type": "password"})
        }
        _ => json!({}),
    }
}

/// A good value of a parameter.
fn good(name: &str) -> &str {
    match name {
        "project_name" => "herring",
        "project_id" | "user_task_id" => "1",
        "user_email" | "email_to" => "admin@example.org",
        "role" => "read",
        "key" => "sweep",
        "object_name" => "table.tsv",
        "version_name" => "v1",
        _ => "",
    }
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

impl Operation {
    /// Every field with everything that is tried in it.
    pub(super) fn attacks(&self) -> impl Iterator<Item = (&Field, Hostile)> {
        self.fields.iter().flat_map(|field| {
            hostile::values(field)
                .into_iter()
                .map(move |value| (field, value))
        })
    }

    /// The good request with one field that is not.
    pub(super) fn request(&self, attacked: &Field, hostile: &Hostile) -> Request {
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
                good(&field.name).to_owned()
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

    /// Whether the message is about what the good request means, which a test of fields alone cannot have right.
    pub(super) fn base_is_refused(&self, text: &str) -> bool {
        const KNOWN: [&str; 27] = [
            "already has a version named",
            "tell users why",
            "There is a schedule",
            "No VCF file",
            "no VCF file",
            "There is no such upload",
            "Invalid email or password",
            "session is not valid",
            "already a member",
            "is already taken",
            "Task ID not found",
            "could not be made",
            "Not Found",
            // On a busy machine.
            "takes longer than 10 s",
            "tried too often",
            "not valid, has expired or was used",
            "current password is not right",
            "This DivBase sends no mail",
            "are made by invitation",
            "You have a token named",
            "tokens already",
            "belongs to another account",
            "not in the project's dimensions index",
            "does not exist in the project",
            "No user has the address",
            "would have no manager",
            "contains the character NUL",
        ];
        KNOWN.iter().any(|known| text.contains(known))
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
