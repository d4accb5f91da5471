//! `pages.tsv` holds for the pages as they are: each route, asked for by each kind of caller.

use std::collections::BTreeSet;

use divbase_services::workspace_root;
use divbase_tests::{
    Outcome, TestResult, browser::Browser, client::Answer, installation::Installation,
};

use super::browser;
use crate::stage::Stage;

/// Parameters of paths that name nothing.
const NUMBERS: [&str; 11] = [
    "request_id",
    "announcement_id",
    "session_id",
    "identity_id",
    "provider",
    "token_id",
    "user_id",
    "invitation_id",
    "user_task_id",
    "link_id",
    "token",
];

struct Row {
    route: &'static str,
    expected: Vec<&'static str>,
    query: &'static str,
}

fn table() -> (Vec<&'static str>, Vec<Row>) {
    let text = include_str!("pages.tsv");
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    let mut cells = lines
        .by_ref()
        .map(|line| line.split('\t').collect::<Vec<_>>());
    let header = cells.next().unwrap_or_default();
    let callers = header[1..header.len() - 1].to_vec();
    let rows = cells.map(|cells| Row {
        route: cells[0],
        expected: cells[1..=callers.len()].to_vec(),
        query: cells[callers.len() + 1],
    });
    let rows = rows.collect();
    (callers, rows)
}

/// As the table names it.
fn outcome(answer: &Answer) -> String {
    let to = answer
        .headers
        .get("location")
        .and_then(|to| to.to_str().ok());
    match to {
        Some(to) if to.starts_with("/login?next=") => "login".to_owned(),
        _ => answer.status.to_string(),
    }
}

/// A path of a row, in the project of the stage, that names nothing else.
fn path(row: &Row) -> String {
    let path = row.route.split_once(' ').map_or("", |(_, path)| path);
    let mut path = path
        .replace("{project_name}", "herring")
        .replace("{queue}", "quick")
        .replace("{page}", "web")
        .replace("{key}", "no-such-schedule");
    for name in NUMBERS {
        path = path.replace(&format!("{{{name}}}"), "999999");
    }
    format!("{path}{}", row.query)
}

/// The paths of all rows of a method.
pub(super) fn paths(method: &str) -> Vec<String> {
    let (_, rows) = table();
    let rows = rows.iter().filter(|row| row.route.starts_with(method));
    rows.map(path).collect()
}

/// The routes of all rows of a method, with it.
pub(super) fn routes(method: &str) -> Vec<String> {
    let (_, rows) = table();
    let rows = rows.iter().filter(|row| row.route.starts_with(method));
    rows.map(|row| row.route.to_owned()).collect()
}

async fn ask(browser: &mut Browser, row: &Row) -> TestResult<Answer> {
    let path = path(row);
    if row.route.starts_with("GET ") {
        return browser.open(&path).await;
    }
    browser.submit(&path, &[]).await
}

#[tokio::test]
async fn everybody_gets_the_pages_that_the_table_says() -> Outcome {
    let (callers, rows) = table();
    let stage = Stage::set(Installation::start_api().await?).await?;
    let mut wrong = Vec::new();
    for (column, caller) in callers.iter().enumerate() {
        let mut browser = browser(&stage.installation)?;
        match *caller {
            "nobody" => {}
            "administrator" => browser.sign_in(stage.person("admin")).await?,
            other => browser.sign_in(stage.person(other)).await?,
        }
        for row in rows.iter().filter(|row| row.expected[column] != ".") {
            let answer = ask(&mut browser, row).await?;
            let found = outcome(&answer);
            if found != row.expected[column] {
                let said: String = answer.text().chars().take(1500).collect();
                let expected = row.expected[column];
                wrong.push(format!(
                    "{caller}: {} answers {found}, not {expected}: {said}",
                    row.route
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    stage.installation.stop().await?;
    Ok(())
}

/// The routes as their files register them.
fn registered() -> TestResult<BTreeSet<String>> {
    let mut routes = BTreeSet::new();
    let pages = workspace_root().join("functions/api/src/pages");
    for file in std::fs::read_dir(&pages)?.chain(std::fs::read_dir(pages.join("help"))?) {
        let path = file?.path();
        if path.extension().is_none_or(|ending| ending != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(path)?;
        for piece in text.split(".route(").skip(1) {
            let route = piece.split('"').nth(1).ok_or("a route without a path")?;
            let handlers = piece
                .split_once("\",")
                .ok_or("a route without a handler")?
                .1;
            let handlers = handlers.split("\n}").next().unwrap_or_default();
            for (call, method) in [("get(", "GET"), ("post(", "POST")] {
                if handlers.contains(call) {
                    routes.insert(format!("{method} {route}"));
                }
            }
        }
    }
    Ok(routes)
}

#[test]
fn no_page_is_missing() -> Outcome {
    let (_, rows) = table();
    let listed: BTreeSet<String> = rows.iter().map(|row| row.route.to_owned()).collect();
    let mut known = registered()?;
    // What pages load is anybody's.
    assert!(known.remove("GET /assets/{name}"));
    assert_eq!(listed, known);
    Ok(())
}

#[test]
fn the_documentation_lists_the_pages() -> Outcome {
    let text = std::fs::read_to_string(workspace_root().join("docs/web.md"))?;
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    let listed: BTreeSet<String> = rows
        .filter_map(|row| row.split('`').next())
        .map(|path| format!("GET {path}"))
        .collect();
    let mut known = registered()?;
    known.retain(|route| route.starts_with("GET ") && !route.starts_with("GET /assets/"));
    assert_eq!(listed, known);
    Ok(())
}
