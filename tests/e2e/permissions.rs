//! `permissions.tsv` holds for the API as it is: each of its operations, called by each kind of caller.

use std::collections::{BTreeMap, BTreeSet};

use divbase_tests::{
    Outcome, TestResult,
    accounts::Person,
    client::{Method, Request},
    installation::Installation,
};
use serde_json::{Value, json};

use crate::stage::Stage;

/// Columns before those of the callers, and behind them.
const BEFORE: usize = 2;
const BEHIND: usize = 2;

struct Row<'a> {
    operation: &'a str,
    allowed: &'a str,
    expected: Vec<&'a str>,
    place: &'a str,
    body: &'a str,
}

fn table(text: &str) -> (Vec<&str>, Vec<Row<'_>>) {
    let mut lines = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split('\t').collect::<Vec<_>>());
    let header = lines.next().unwrap_or_default();
    let callers = header[BEFORE..header.len() - BEHIND].to_vec();
    let rows = lines
        .map(|cells| Row {
            operation: cells[0],
            allowed: cells[1],
            expected: cells[BEFORE..BEFORE + callers.len()].to_vec(),
            place: cells[BEFORE + callers.len()],
            body: cells[BEFORE + callers.len() + 1],
        })
        .collect();
    (callers, rows)
}

impl Row<'_> {
    /// The request, with the path's parameters filled in.
    fn request(&self, project: &str) -> TestResult<Request> {
        let (method, path) = self.operation.split_once(' ').ok_or("no operation")?;
        let mut path = path.replace("{project_name}", project);
        for piece in self.place.split(' ').filter(|piece| !piece.is_empty()) {
            match piece.strip_prefix('?') {
                Some(query) => {
                    let query = query.replace("herring", project);
                    path = format!("{path}?{query}");
                }
                None => {
                    let (name, value) =
                        piece.split_once('=').ok_or("a parameter without a value")?;
                    path = path.replace(&format!("{{{name}}}"), value);
                }
            }
        }
        let request = Request::new(method.parse::<Method>()?, &format!("/v1{path}"));
        if self.body.is_empty() {
            return Ok(request);
        }
        Ok(request.json(&serde_json::from_str(self.body)?))
    }

    fn fits(&self, expected: &str, status: u16) -> bool {
        match expected {
            "+" => self.allowed.split('/').any(|one| one == status.to_string()),
            other => other == status.to_string(),
        }
    }
}

async fn token(installation: &Installation, who: &Person, body: Value) -> TestResult<String> {
    let request = Request::post("/v1/auth/pats")
        .bearer(&who.token)
        .json(&body);
    let made = installation.client.send(request).await?.accepted()?;
    Ok(made["token"].as_str().ok_or("no token")?.to_owned())
}

/// The token of a link to a folder of herring.
async fn link(stage: &Stage, manager: &Person) -> TestResult<String> {
    let client = &stage.installation.client;
    let folder = Request::post("/v1/s3/mkdir?project_name=herring").bearer(&manager.token);
    let folder = folder.json(&json!({"directories": ["shared"]}));
    client.send(folder).await?.accepted()?;
    stage.project.share(client, manager, "shared/").await
}

async fn tokens(stage: &Stage) -> TestResult<BTreeMap<&'static str, String>> {
    let installation = &stage.installation;
    let manager = stage.person("manager");
    installation.project("cod", manager, "manage").await?;
    let gone = installation.person("gone").await?;
    let (client, admin) = (&installation.client, &installation.admin);
    stage.project.add(client, admin, &gone, "manage").await?;
    let me = Request::get("/v1/auth/whoami").bearer(&gone.token);
    let id = client.send(me).await?.accepted()?["id"].clone();
    let off = Request::patch(&format!("/v1/users/{id}")).bearer(&admin.token);
    client
        .send(off.json(&json!({"is_active": false})))
        .await?
        .accepted()?;
    let public = installation.project("sprat", manager, "manage").await?;
    public.publish(client, manager).await?;
    let mut tokens = BTreeMap::from([
        ("nobody", String::new()),
        ("nobody_public", String::new()),
        ("deactivated", gone.token),
        ("link", link(stage, manager).await?),
    ]);
    for (caller, person) in [
        ("outsider", "outsider"),
        ("reader", "reader"),
        ("querier", "querier"),
        ("editor", "editor"),
        ("manager", "manager"),
        ("administrator", "admin"),
    ] {
        tokens.insert(caller, stage.person(person).token.clone());
    }
    for (caller, body) in [
        (
            "token_reading",
            json!({"name": "1", "projects": {"herring": "read"}}),
        ),
        (
            "token_elsewhere",
            json!({"name": "2", "projects": {"cod": "manage"}}),
        ),
        (
            "token_everywhere",
            json!({"name": "3", "all_projects": true}),
        ),
    ] {
        tokens.insert(caller, token(installation, manager, body).await?);
    }
    Ok(tokens)
}

#[tokio::test]
async fn everybody_may_do_what_the_table_says() -> Outcome {
    let (callers, rows) = table(include_str!("permissions.tsv"));
    let stage = Stage::set(Installation::start_api().await?).await?;
    let tokens = tokens(&stage).await?;
    let mut wrong = Vec::new();
    for row in &rows {
        for (caller, expected) in callers.iter().zip(&row.expected) {
            // A dot: the request would change something for this caller.
            if *expected == "." {
                continue;
            }
            let project = match *caller {
                "nobody_public" => "sprat",
                _ => "herring",
            };
            let mut request = row.request(project)?;
            match tokens[caller].as_str() {
                "" => {}
                token => request = request.bearer(token),
            }
            let answer = stage.installation.client.send(request).await?;
            if !row.fits(expected, answer.status) {
                let said: String = answer.text().chars().take(200).collect();
                wrong.push(format!(
                    "{caller}: {} answers {}, not {expected} ({}): {said}",
                    row.operation, answer.status, row.allowed
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    stage.installation.stop().await?;
    Ok(())
}

#[test]
fn no_operation_is_missing() -> Outcome {
    let (_, rows) = table(include_str!("permissions.tsv"));
    let listed: BTreeSet<String> = rows.iter().map(|row| row.operation.to_owned()).collect();
    let document = serde_json::to_value(divbase_api::openapi_document())?;
    let mut known = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for method in methods
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name)
        {
            if ["get", "put", "post", "delete", "patch", "head", "options"]
                .contains(&method.as_str())
            {
                known.insert(format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    assert_eq!(listed, known);
    Ok(())
}

/// The document says who has to show a token as the table does: nobody, whoever asks about a project that is not public, or everybody.
#[test]
fn the_document_says_who_needs_a_token() -> Outcome {
    let document = serde_json::to_value(divbase_api::openapi_document())?;
    let (callers, rows) = table(include_str!("permissions.tsv"));
    let column = |name: &str| callers.iter().position(|caller| *caller == name);
    let nobody = column("nobody").ok_or("no such column")?;
    let public = column("nobody_public").ok_or("no such column")?;
    let mut wrong = Vec::new();
    for row in &rows {
        let (method, path) = row.operation.split_once(' ').ok_or("no operation")?;
        let operation = &document["paths"][path][method.to_lowercase()];
        let expected = match (row.expected[nobody], row.expected[public]) {
            ("401", "401") => json!([{"bearer": []}]),
            ("401", _) => json!([{"bearer": []}, {}]),
            _ => json!([]),
        };
        if operation["security"] != expected {
            wrong.push(format!("{}: {}", row.operation, operation["security"]));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(
        document["components"]["securitySchemes"]["bearer"]["scheme"],
        "bearer"
    );
    Ok(())
}

/// Client generators name functions after operations, and have a type for each error.
#[test]
fn operations_have_names_of_their_own_and_tell_their_errors() -> Outcome {
    let document = serde_json::to_value(divbase_api::openapi_document())?;
    let (mut names, mut wrong) = (BTreeSet::new(), Vec::new());
    let paths = document["paths"].as_object().ok_or("no paths")?;
    for (path, item) in paths {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let name = operation["operationId"].as_str().unwrap_or_default();
            let plain =
                |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
            if name.is_empty() || !name.bytes().all(plain) || !names.insert(name.to_owned()) {
                wrong.push(format!("{method} {path} is named {name:?}"));
            }
            if path.starts_with("/htsget") || path.starts_with("/ga4gh") {
                continue;
            }
            let told = |status: &str| !operation["responses"][status].is_null();
            let mut needed = vec!["400", "429", "500"];
            if operation["security"] != json!([]) {
                needed.extend(["401", "403"]);
            }
            if !operation["requestBody"].is_null() {
                needed.extend(["408", "413", "422"]);
            }
            for status in needed.into_iter().filter(|status| !told(status)) {
                wrong.push(format!("{method} {path} does not tell of {status}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    Ok(())
}
