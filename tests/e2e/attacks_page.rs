//! The table of attacks in `docs/security.md`: each attack of the list has a test, and each test that is named is there.

use std::{collections::BTreeSet, fs, path::PathBuf};

use divbase_services::workspace_root;
use divbase_tests::{Outcome, TestResult};

/// What has to be tried.
const ATTACKS: [&str; 14] = [
    "forged, expired, wrong-type, wrong-key and `none` tokens",
    "a refresh token as another kind, or after its session",
    "a replayed refresh token",
    "who has an account, by what is answered",
    "who has an account, by the time that it takes",
    "guessed passwords and tokens",
    "1,000 logins at once",
    "an idempotency key of somebody else",
    "bodies of megabytes without a token",
    "half-open connections",
    "a text that would be a line of the log",
    "a secret in the log",
    "a caller who asks without end",
    "markup in every text that somebody chooses",
];

/// Rows of the table below the heading: attack and tests.
fn rows(page: &str) -> Vec<(String, Vec<String>)> {
    page.split("## Attacks that are tried")
        .nth(1)
        .unwrap_or_default()
        .lines()
        .filter(|line| line.starts_with("| "))
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let tests = cells.get(1).copied().unwrap_or_default();
            let tests = tests
                .split('`')
                .skip(1)
                .step_by(2)
                .map(str::to_owned)
                .collect();
            (cells[0].to_owned(), tests)
        })
        .collect()
}

/// Whether the end-to-end tests have this one: a file for its modules, and a function in it that is a test.
fn is_there(test: &str) -> TestResult<bool> {
    let (modules, name) = test.rsplit_once("::").ok_or("a test without a module")?;
    let file: PathBuf = workspace_root()
        .join("tests/e2e")
        .join(format!("{}.rs", modules.replace("::", "/")));
    let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let found = text
        .split_once(&format!("fn {name}()"))
        .map(|(before, _)| before.trim_end());
    Ok(found.is_some_and(|before| {
        let above = before
            .trim_end_matches("async")
            .trim_end()
            .lines()
            .last()
            .unwrap_or_default();
        above.starts_with("#[tokio::test") || above == "#[test]"
    }))
}

#[test]
fn every_attack_has_a_test_that_is_there() -> Outcome {
    let page = fs::read_to_string(workspace_root().join("docs/security.md"))?;
    let rows = rows(&page);
    let told: BTreeSet<&str> = rows.iter().map(|(attack, _)| attack.as_str()).collect();
    assert_eq!(told, BTreeSet::from(ATTACKS));
    for (attack, tests) in &rows {
        assert!(!tests.is_empty(), "{attack} has no test");
        for test in tests {
            assert!(is_there(test)?, "{attack}: {test} is no test");
        }
    }
    assert!(!is_there("joining::flood::no_such_test")?);
    assert!(!is_there("joining::flood::flood")?);
    Ok(())
}
