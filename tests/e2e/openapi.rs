//! The committed OpenAPI document is that of the code.

use std::{env, fs};

use divbase_services::workspace_root;
use divbase_tests::Outcome;

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
