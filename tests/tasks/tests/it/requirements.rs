//! `docs/task-requirements.md` has every row of the seed documents, and each names tests that exist.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use divbase_local::AnyError;
use divbase_services::workspace_root;

/// Rows that the seed documents have.
const ROWS: u32 = 41;

/// The names of all tests, as `file::function`; of a `mod.rs`, the folder's name.
fn tests(folder: &Path, found: &mut BTreeSet<String>) -> Result<(), AnyError> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            if name != "target" && !name.starts_with('.') {
                tests(&path, found)?;
            }
            continue;
        }
        if path
            .extension()
            .is_none_or(|ending| ending != "rs" && ending != "py")
        {
            continue;
        }
        let stem = match path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .as_ref()
        {
            "mod" => path
                .parent()
                .and_then(Path::file_name)
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            stem => stem.to_owned(),
        };
        let mut marked = false;
        for line in fs::read_to_string(&path)?.lines() {
            let line = line.trim();
            marked |= line == "#[test]" || line.starts_with("#[tokio::test");
            let function = ["async fn ", "fn ", "def "]
                .into_iter()
                .find_map(|start| line.strip_prefix(start));
            if let Some(function) = function {
                let name = function.split('(').next().unwrap_or_default();
                if marked || line.starts_with("def test_") {
                    found.insert(format!("{stem}::{name}"));
                }
                marked = false;
            }
        }
    }
    Ok(())
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The numbered rows: what is asked for, where it is, what shows it.
fn rows(page: &str) -> Result<BTreeMap<u32, [String; 3]>, AnyError> {
    let mut rows = BTreeMap::new();
    for line in page.lines() {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let Ok(number) = cells[0].trim().parse::<u32>() else {
            continue;
        };
        let [_, asked, place, shown] = cells[..] else {
            return Err(format!("row {number} has {} cells", cells.len()).into());
        };
        let row = [asked, place, shown].map(str::to_owned);
        if rows.insert(number, row).is_some() {
            return Err(format!("row {number} is there twice").into());
        }
    }
    Ok(rows)
}

#[test]
fn every_row_is_there_and_names_its_tests() -> Result<(), AnyError> {
    let root = workspace_root();
    let page = fs::read_to_string(root.join("docs/task-requirements.md"))?;
    let mut known = BTreeSet::new();
    tests(&root, &mut known)?;
    assert!(known.contains("requirements::every_row_is_there_and_names_its_tests"));
    let rows = rows(&page)?;
    let numbers: Vec<u32> = rows.keys().copied().collect();
    assert_eq!(numbers, (1..=ROWS).collect::<Vec<_>>());
    let mut missing = Vec::new();
    for (number, [_, place, shown]) in &rows {
        let named: Vec<&str> = quoted(shown).filter(|name| name.contains("::")).collect();
        if named.is_empty() {
            missing.push(format!("row {number} names no test"));
        }
        for name in named {
            if !known.contains(name) {
                missing.push(format!("row {number}: there is no test {name}"));
            }
        }
        for path in quoted(place).filter(|path| path.contains('/') && !path.starts_with('/')) {
            if !root.join(path).exists() {
                missing.push(format!("row {number}: there is no {path}"));
            }
        }
    }
    // Elsewhere on the page, too.
    for name in quoted(&page).filter(|name| name.contains("::")) {
        let (module, function) = name.split_once("::").unwrap_or_default();
        let is_test = function
            .chars()
            .all(|letter| letter.is_ascii_lowercase() || letter == '_' || letter.is_ascii_digit())
            && module
                .chars()
                .all(|letter| letter.is_ascii_lowercase() || letter == '_');
        if is_test && !known.contains(name) {
            missing.push(format!("there is no test {name}"));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    Ok(())
}

/// All Rust files below a folder, with their text.
fn sources(folder: &Path, found: &mut Vec<(String, String)>) -> Result<(), AnyError> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            sources(&path, found)?;
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path)?;
            found.push((path.to_string_lossy().into_owned(), text));
        }
    }
    Ok(())
}

/// What works on files is submitted as a task, by one route each; nothing else submits any.
#[test]
fn work_on_files_is_a_task_and_has_a_route() -> Result<(), AnyError> {
    let root = workspace_root().join("functions/api/src");
    let mut found = Vec::new();
    sources(&root, &mut found)?;
    let tasks = [
        ("BcftoolsQuery", "routes/query/vcf.rs"),
        ("SampleMetadataQuery", "routes/query/sample_metadata.rs"),
        ("UpdateDimensions", "routes/vcf_dimensions/update.rs"),
        ("SendMail", "mail.rs"),
        ("EndUrls", "url_sessions.rs"),
        ("MakeSampleGroups", "routes/query/vcf.rs"),
    ];
    for (task, place) in tasks {
        let submits: Vec<&str> = found
            .iter()
            .filter(|(_, text)| text.contains(&format!("<{task}>")))
            .filter_map(|(path, _)| path.split("/src/").last())
            .collect();
        assert_eq!(submits, [place], "{task}");
    }
    let users = divbase_service::registry();
    let users: Vec<&str> = users
        .names()
        .filter(|name| !name.starts_with("cron_tasks."))
        // Children of others, which nobody submits.
        .filter(|name| {
            let children = [
                "tasks.query_window",
                "tasks.query_parts",
                "tasks.index_piece",
                "tasks.sample_groups_part",
            ];
            !children.contains(name)
        })
        .collect();
    assert_eq!(users.len(), tasks.len(), "{users:?}");
    Ok(())
}

/// User tasks lie in one folder and periodic ones in another, and their names say which they are.
#[test]
fn tasks_are_defined_where_their_name_says() -> Result<(), AnyError> {
    let mut found = Vec::new();
    for folder in ["shared", "functions", "cli", "local"] {
        sources(&workspace_root().join(folder), &mut found)?;
    }
    let mut count = 0;
    for (path, text) in &found {
        let defined = text.matches("impl Task for ").count();
        count += defined;
        let periodic = path.contains("shared/service/src/tasks/periodic/");
        let own = path.contains("shared/service/src/tasks/");
        assert!(defined == 0 || own, "{path}");
        let named = text.matches(r#"NAME: &'static str = "cron_tasks."#).count();
        assert_eq!(named, if periodic { defined } else { 0 }, "{path}");
    }
    let registry = divbase_service::registry();
    assert_eq!(registry.names().count(), count);
    for name in registry.names() {
        let (kind, rest) = name.split_once('.').ok_or("no dot")?;
        assert!(
            ["tasks", "cron_tasks"].contains(&kind) && !rest.contains('.'),
            "{name}"
        );
    }
    Ok(())
}

/// The business parameters of periodic tasks have defaults, so that a schedule gives only what it wants otherwise.
#[test]
fn periodic_tasks_need_no_arguments() {
    let registry = divbase_service::registry();
    for name in registry
        .schedulable()
        .filter(|name| name.starts_with("cron_tasks."))
    {
        assert_eq!(
            registry.check(name, &serde_json::json!({})),
            Ok(()),
            "{name}"
        );
        let refused = registry.check(name, &serde_json::json!({"no_such_argument": 1}));
        assert!(
            refused.is_err_and(|why| why.contains("no_such_argument")),
            "{name}"
        );
    }
}

/// Only `shared/db` speaks SQL; no function links another, and the CLI none of the service.
#[test]
fn layers_keep_to_themselves() -> Result<(), AnyError> {
    let uses = |folder: &str| -> Result<Vec<String>, AnyError> {
        let text = fs::read_to_string(workspace_root().join(folder).join("Cargo.toml"))?;
        let (_, rest) = text.split_once("[dependencies]").ok_or("no dependencies")?;
        let own = rest.split("\n[").next().unwrap_or_default();
        Ok(own
            .lines()
            .filter_map(|line| line.split(['.', ' ']).next())
            .map(str::to_owned)
            .collect())
    };
    let functions = ["api", "cron", "migrate", "worker"];
    let shared: Vec<String> = fs::read_dir(workspace_root().join("shared"))?
        .filter_map(|entry| {
            Some(format!(
                "shared/{}",
                entry.ok()?.file_name().to_string_lossy()
            ))
        })
        .collect();
    let folders = functions.map(|name| format!("functions/{name}"));
    for folder in folders.iter().chain(&shared).chain([&"cli".to_owned()]) {
        for other in uses(folder)? {
            let is_function = functions
                .iter()
                .any(|name| other == format!("divbase-{name}"));
            assert!(!is_function, "{folder} uses {other}");
            assert!(
                other != "sqlx" || folder == "shared/db",
                "{folder} uses {other}"
            );
            let service = [
                "divbase-db",
                "divbase-service",
                "divbase-tasks",
                "divbase-storage",
            ];
            assert!(
                folder != "cli" || !service.contains(&other.as_str()),
                "{folder} uses {other}"
            );
        }
    }
    Ok(())
}

/// Tests do not see each other's rows.
#[tokio::test]
async fn each_test_has_a_database_of_its_own() -> Result<(), AnyError> {
    let sqs = divbase_task_tests::QueueService::Sqs;
    let (one, two) = (
        divbase_task_tests::Rig::on(sqs).await?,
        divbase_task_tests::Rig::on(sqs).await?,
    );
    let task_id = one
        .submit(&[divbase_task_tests::probe::Act::Succeed])
        .await?;
    assert!(one.task(task_id).await.is_ok());
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM task")
        .fetch_one(&two.pool)
        .await?;
    assert_eq!(count, 0, "a known state");
    assert_ne!(one.urls()?.quick, two.urls()?.quick);
    Ok(())
}

/// People know a task by a small number, the inside by a UUID as well.
#[tokio::test]
async fn a_task_has_a_number_and_a_uuid() -> Result<(), AnyError> {
    let rig = divbase_task_tests::Rig::new().await?;
    let act = [divbase_task_tests::probe::Act::Succeed];
    let (one, two) = (rig.submit(&act).await?, rig.submit(&act).await?);
    assert!(one > 0 && two > one, "{one} {two}");
    let mut uuids = BTreeSet::new();
    for task_id in [one, two] {
        let divbase_db::tasks::Claim::Claimed(task) = rig.db.claim_task(task_id, "w", 30.0).await?
        else {
            return Err("it can be claimed".into());
        };
        assert_eq!(task.uuid.get_version_num(), 4);
        uuids.insert(task.uuid);
    }
    assert_eq!(uuids.len(), 2);
    Ok(())
}
