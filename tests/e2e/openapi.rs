//! The committed OpenAPI document is that of the code.

use std::{collections::BTreeMap, env, fs, path::Path};

use divbase_services::workspace_root;
use divbase_tests::{Outcome, TestResult};

/// Renewed by `UPDATE=1`, or `make openapi`.
#[test]
fn the_committed_document_is_current() -> Outcome {
    let path = workspace_root().join("docs/openapi.json");
    let current = serde_json::to_string_pretty(&divbase_api::openapi_document())? + "\n";
    if env::var_os("UPDATE").is_some() {
        fs::write(&path, &current)?;
        return Ok(());
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    let differs = committed
        .lines()
        .zip(current.lines())
        .position(|(old, new)| old != new);
    let same = committed == current;
    assert!(
        same,
        "docs/openapi.json is not what the code says, first at line {}. If the change of the API is meant, renew \
         it with `make openapi` and commit it.",
        differs.unwrap_or(committed.lines().count()) + 1
    );
    Ok(())
}

/// The names of the types in these sources that describe themselves, with where they are.
fn schemas(folder: &Path, found: &mut BTreeMap<String, Vec<String>>) -> TestResult {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            schemas(&path, found)?;
            continue;
        }
        if path.extension().is_none_or(|ending| ending != "rs") {
            continue;
        }
        let mut is_described = false;
        for line in fs::read_to_string(&path)?.lines() {
            is_described |= line.starts_with("#[derive(") && line.contains("ToSchema");
            let mut words = line.split([' ', '(', '<', '{', ';']);
            let is_type = words.any(|word| word == "struct" || word == "enum");
            if let Some(name) = words.next().filter(|_| is_type && is_described) {
                let places = found.entry(name.to_owned()).or_default();
                places.push(path.display().to_string());
                is_described = false;
            }
        }
    }
    Ok(())
}

/// Of two that are named alike the document has one, and says of the other what is not true.
#[test]
fn schemas_have_names_of_their_own() -> Outcome {
    let mut found = BTreeMap::new();
    for part in ["shared", "functions"] {
        for entry in fs::read_dir(workspace_root().join(part))? {
            let sources = entry?.path().join("src");
            if sources.is_dir() {
                schemas(&sources, &mut found)?;
            }
        }
    }
    assert!(found.len() > 200, "{}", found.len());
    found.retain(|_, places| places.len() > 1);
    assert!(found.is_empty(), "{found:#?}");
    Ok(())
}
