//! A new installation is as quick as an old one: the statements of a task's life find their rows by an index from the first day on,
//! when the database has counted nothing yet, and go on to do so with plans that were made then.

use std::{collections::BTreeMap, fs};

use divbase_local::AnyError;
use divbase_services::workspace_root;
use divbase_task_tests::Rig;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Executor as _, Row as _};

/// Tables that grow with every task.
const GROWING: [&str; 3] = ["task", "task_attempt", "outbox"];

/// The indexes of attempts and messages, and the columns of which a condition has to name one.
const KEYS: [(&str, [&str; 2]); 2] = [
    ("task_attempt", ["(task_id = ", "(task_id = "]),
    ("outbox", ["(task_id = ", "(id = "]),
];

/// What a plan reads from end to end: tables, and indexes of which it knows no first column.
fn read_whole(plan: &Value, found: &mut Vec<String>) {
    if plan["Node Type"] == "Seq Scan"
        && let Some(table) = plan["Relation Name"].as_str()
        && GROWING.contains(&table)
    {
        found.push(table.to_owned());
    }
    if let Some(index) = plan["Index Name"].as_str()
        && let Some((_, columns)) = KEYS.iter().find(|(table, _)| index.starts_with(table))
    {
        let condition = plan["Index Cond"].as_str().unwrap_or_default();
        if !columns.iter().any(|column| condition.contains(column)) {
            found.push(format!("{index}: {condition}"));
        }
    }
    for inner in plan["Plans"].as_array().into_iter().flatten() {
        read_whole(inner, found);
    }
}

/// All statements that can be explained.
fn statements() -> Result<Vec<String>, AnyError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(workspace_root().join(".sqlx"))? {
        let checked: Value = serde_json::from_slice(&fs::read(entry?.path())?)?;
        let query = checked["query"].as_str().ok_or("no query")?;
        let verbs = ["SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE"];
        if verbs
            .iter()
            .any(|verb| query.trim_start().starts_with(verb))
        {
            found.push(query.to_owned());
        }
    }
    Ok(found)
}

/// Whether it changes a task which is named by its number.
fn changes_named_task(query: &str) -> bool {
    let changes = GROWING.iter().any(|table| {
        ["UPDATE", "INSERT INTO", "DELETE FROM"]
            .iter()
            .any(|verb| query.contains(&format!("{verb} {table} ")))
    });
    let named = ["id = $", "id = coalesce($", "VALUES ($1"]
        .iter()
        .any(|by| query.contains(by));
    changes && named
}

/// How a connection of the service goes about each statement.
async fn explained(statements: Vec<String>) -> Result<Vec<(String, Value)>, AnyError> {
    let rig = Rig::new().await?;
    let mut connection = rig.pool.acquire().await?;
    connection.execute(divbase_db::SESSION).await?;
    let mut plans = Vec::with_capacity(statements.len());
    for (number, query) in statements.into_iter().enumerate() {
        let name = format!("q{number}");
        connection
            .execute(AssertSqlSafe(format!("PREPARE {name} AS {query}")))
            .await?;
        let arguments: i64 = sqlx::query_scalar(
            "SELECT coalesce(array_length(parameter_types, 1), 0)::bigint FROM pg_prepared_statements WHERE name = $1",
        )
        .bind(&name)
        .fetch_one(&mut *connection)
        .await?;
        let nulls = vec!["NULL"; usize::try_from(arguments)?].join(", ");
        // Without parentheses where there is nothing to put into them.
        let explain = if nulls.is_empty() {
            format!("EXPLAIN (FORMAT JSON) EXECUTE {name}")
        } else {
            format!("EXPLAIN (FORMAT JSON) EXECUTE {name}({nulls})")
        };
        let plan: Value = connection
            .fetch_one(AssertSqlSafe(explain))
            .await?
            .try_get(0)?;
        plans.push((query, plan[0].clone()));
    }
    Ok(plans)
}

#[tokio::test]
async fn a_new_installation_finds_rows_by_an_index() -> Result<(), AnyError> {
    let mut changing = statements()?;
    changing.retain(|query| changes_named_task(query));
    assert!(changing.len() >= 15, "{}", changing.len());
    let mut whole = BTreeMap::new();
    for (query, plan) in explained(changing).await? {
        let mut tables = Vec::new();
        read_whole(&plan["Plan"], &mut tables);
        if !tables.is_empty() {
            whole.insert(query, tables);
        }
    }
    assert!(whole.is_empty(), "{whole:#?}");
    Ok(())
}

/// Compiling takes longer than any of them.
#[tokio::test]
async fn no_statement_is_compiled() -> Result<(), AnyError> {
    let plans = explained(statements()?).await?;
    assert!(plans.len() >= 300, "{}", plans.len());
    let compiled: Vec<_> = plans
        .iter()
        .filter(|(_, plan)| !plan["JIT"].is_null())
        .map(|(query, plan)| (query, &plan["Plan"]["Total Cost"]))
        .collect();
    assert!(compiled.is_empty(), "{compiled:#?}");
    Ok(())
}
