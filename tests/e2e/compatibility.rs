//! The API may grow and not shrink: clients of the last release find its routes, may send what they sent, and read what
//! they read.

use std::{collections::BTreeSet, fs};

use divbase_services::workspace_root;
use divbase_tests::Outcome;
use serde_json::{Value, json};

/// Schemas refer to themselves; nobody reads deeper than this.
const DEPTH: usize = 8;

/// A schema with its reference followed, and the one branch of a nullable one taken.
fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    if let Some(name) = schema["$ref"].as_str() {
        let pointer = name.trim_start_matches('#');
        return document.pointer(pointer).unwrap_or(schema);
    }
    let branches = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
    let some = branches
        .into_iter()
        .flatten()
        .find(|branch| branch["type"] != "null");
    some.map_or(schema, |branch| resolved(document, branch))
}

/// The document with every `allOf` of objects written as one object.
fn with_whole_objects(document: &Value) -> Value {
    let mut whole = document.clone();
    for schema in whole["components"]["schemas"]
        .as_object_mut()
        .into_iter()
        .flat_map(|schemas| schemas.values_mut())
    {
        let Some(parts) = schema["allOf"].as_array().cloned() else {
            continue;
        };
        let (mut properties, mut needed) = (serde_json::Map::new(), Vec::new());
        for part in &parts {
            let part = resolved(document, part);
            properties.extend(part["properties"].as_object().cloned().unwrap_or_default());
            needed.extend(part["required"].as_array().cloned().unwrap_or_default());
        }
        *schema = json!({"type": "object", "properties": properties, "required": needed});
    }
    whole
}

fn types(schema: &Value) -> BTreeSet<&str> {
    match &schema["type"] {
        Value::String(one) => BTreeSet::from([one.as_str()]),
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => BTreeSet::new(),
    }
}

fn required(schema: &Value) -> BTreeSet<&str> {
    let list = schema["required"].as_array();
    list.into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

/// Which way values of a schema travel.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Sent,
    Read,
}

/// What clients of `old` cannot live with in `new`.
struct Comparison<'a> {
    old: &'a Value,
    new: &'a Value,
    broken: Vec<String>,
}

impl<'a> Comparison<'a> {
    fn of(old: &'a Value, new: &'a Value) -> Vec<String> {
        let mut comparison = Self {
            old,
            new,
            broken: Vec::new(),
        };
        for (path, methods) in old["paths"].as_object().into_iter().flatten() {
            for (method, operation) in methods.as_object().into_iter().flatten() {
                let place = format!("{method} {path}");
                let now = &new["paths"][path][method];
                if now.is_null() {
                    comparison.broken.push(format!("{place}: is gone"));
                } else {
                    comparison.operation(&place, operation, now);
                }
            }
        }
        comparison.broken
    }

    fn operation(&mut self, place: &str, old: &'a Value, new: &'a Value) {
        let named = |operation: &'a Value| operation["parameters"].as_array().into_iter().flatten();
        for parameter in named(new).filter(|parameter| parameter["required"] == true) {
            let before = named(old).find(|one| one["name"] == parameter["name"]);
            if before.is_none_or(|one| one["required"] != true) {
                let name = &parameter["name"];
                self.broken
                    .push(format!("{place}: insists on the parameter {name}"));
            }
        }
        let body = "/requestBody/content/application~1json/schema";
        if let (Some(before), Some(now)) = (old.pointer(body), new.pointer(body)) {
            self.schema(&format!("{place} body"), before, now, Way::Sent, DEPTH);
        }
        for (status, answer) in old["responses"].as_object().into_iter().flatten() {
            if !status.starts_with('2') {
                continue;
            }
            let now = &new["responses"][status];
            if now.is_null() {
                self.broken
                    .push(format!("{place}: no longer answers {status}"));
            }
            let content = "/content/application~1json/schema";
            if let (Some(before), Some(now)) = (answer.pointer(content), now.pointer(content)) {
                self.schema(&format!("{place} {status}"), before, now, Way::Read, DEPTH);
            }
        }
    }

    fn schema(&mut self, place: &str, old: &'a Value, new: &'a Value, way: Way, depth: usize) {
        if depth == 0 {
            return;
        }
        let (old, new) = (resolved(self.old, old), resolved(self.new, new));
        let (before, now) = (types(old), types(new));
        let fits = match way {
            // What was sent is still taken; what is read was possible before.
            Way::Sent => before.is_subset(&now),
            Way::Read => now.is_subset(&before),
        };
        if !fits && !before.is_empty() && !now.is_empty() {
            self.broken
                .push(format!("{place}: was {before:?} and is {now:?}"));
        }
        for (name, property) in old["properties"].as_object().into_iter().flatten() {
            let inner = format!("{place}.{name}");
            match new["properties"].get(name) {
                None => self.broken.push(format!("{inner}: is gone")),
                Some(now) => self.schema(&inner, property, now, way, depth - 1),
            }
        }
        let (needed, needs) = (required(old), required(new));
        let change = match way {
            Way::Sent => needs
                .difference(&needed)
                .next()
                .map(|name| (name, "must now be sent")),
            Way::Read => needed
                .difference(&needs)
                .next()
                .map(|name| (name, "may now be absent")),
        };
        if let Some((name, what)) = change {
            self.broken.push(format!("{place}.{name}: {what}"));
        }
        if let (Some(before), Some(now)) = (old.get("items"), new.get("items")) {
            self.schema(&format!("{place}[]"), before, now, way, depth - 1);
        }
    }
}

fn document(path: &str) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
    let document = serde_json::from_slice(&fs::read(workspace_root().join(path))?)?;
    Ok(with_whole_objects(&document))
}

/// The committed description against that of the last release.
#[test]
fn clients_of_the_last_release_go_on_working() -> Outcome {
    let (old, new) = (
        document("tests/upgrade/openapi.json")?,
        document("docs/openapi.json")?,
    );
    let broken = Comparison::of(&old, &new);
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    Ok(())
}

/// Each way of breaking a client is noticed, and growing is not.
#[test]
fn shrinking_is_noticed() {
    let old = json!({"paths": {"/a": {"post": {
        "parameters": [{"name": "p", "required": false}],
        "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/In"}}}},
        "responses": {"200": {"content": {"application/json": {"schema":
            {"type": "array", "items": {"$ref": "#/components/schemas/Out"}}}}}}}}},
        "components": {"schemas": {
            "In": {"type": "object", "required": ["x"], "properties": {"x": {"type": "string"}, "y": {"type": "string"}}},
            "Out": {"type": "object", "required": ["z"], "properties": {"z": {"type": "integer"}}}}}});
    let schemas = "/components/schemas";
    let cases: [(&str, Value, &str); 7] = [
        ("/paths", json!({}), "is gone"),
        (
            "/paths/~1a/post/parameters/0/required",
            json!(true),
            "insists on",
        ),
        (
            &format!("{schemas}/In/required"),
            json!(["x", "y"]),
            "must now be sent",
        ),
        (
            &format!("{schemas}/In/properties/x/type"),
            json!("integer"),
            "was",
        ),
        (
            &format!("{schemas}/Out/required"),
            json!([]),
            "may now be absent",
        ),
        (&format!("{schemas}/Out/properties"), json!({}), "is gone"),
        (
            &format!("{schemas}/Out/properties/z/type"),
            json!(["integer", "null"]),
            "was",
        ),
    ];
    for (pointer, value, word) in cases {
        let mut new = old.clone();
        *new.pointer_mut(pointer).unwrap() = value;
        let broken = Comparison::of(&old, &new).join("\n");
        assert!(broken.contains(word), "{pointer}: `{broken}`");
    }
    let mut grown = old.clone();
    grown["paths"]["/b"] = json!({"get": {}});
    grown["components"]["schemas"]["In"]["properties"]["more"] = json!({"type": "string"});
    grown["components"]["schemas"]["Out"]["properties"]["more"] = json!({"type": "string"});
    assert_eq!(Comparison::of(&old, &grown), Vec::<String>::new());
}
