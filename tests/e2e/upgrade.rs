//! Upgrades: while a deployment is under way, functions of the release before work on the new schema. So migrations
//! expand, and what they take away they take away a release later.

use std::{fs, path::PathBuf};

use divbase_db::{Db, PoolSize};
use divbase_services::workspace_root;
use divbase_tests::{Outcome, database::TestDatabase, surroundings::Surroundings};
use sqlx::{AssertSqlSafe, Executor};

/// The queries of the release before this one; `make release-baseline` writes them when a release is cut.
fn queries_of_the_last_release() -> Result<Vec<String>, Box<dyn std::error::Error + Send + Sync>> {
    let path = workspace_root().join("tests/upgrade/queries.json");
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}

/// Each query of the old code is understood by the new schema.
#[tokio::test]
async fn old_code_finds_what_it_needs_in_the_new_schema() -> Outcome {
    let database = TestDatabase::make(&Surroundings::from_env()?).await?;
    let mut connection = database.connect().await?;
    let queries = queries_of_the_last_release()?;
    assert!(queries.len() > 50, "a release has more queries than that");
    let mut broken = Vec::new();
    for (number, query) in queries.iter().enumerate() {
        let prepare = format!("PREPARE old_{number} AS {query}");
        if let Err(error) = connection.execute(AssertSqlSafe(prepare)).await {
            broken.push(format!("{error}\n{query}"));
        }
    }
    drop(connection);
    database.remove().await?;
    assert!(broken.is_empty(), "{}", broken.join("\n\n"));
    Ok(())
}

/// A release that is rolled back to finds migrations that it knows nothing of, and leaves them alone.
#[tokio::test]
async fn an_old_release_runs_on_a_newer_schema() -> Outcome {
    let database = TestDatabase::make(&Surroundings::from_env()?).await?;
    let mut connection = database.connect().await?;
    connection
        .execute(
            "ALTER TABLE task ADD COLUMN of_tomorrow bigint;
             INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9999, 'of tomorrow', true, '\\x00', 1)",
        )
        .await?;
    let db = Db::connect(&database.url, PoolSize(1))?;
    db.migrate().await?;
    db.ping().await?;
    // What was changed after it was applied is no roll-back but a fault.
    connection
        .execute("UPDATE _sqlx_migrations SET checksum = '\\x00' WHERE version = 1")
        .await?;
    assert!(db.migrate().await.is_err());
    db.close().await;
    drop(connection);
    database.remove().await?;
    Ok(())
}

/// What old code could not live with, in SQL without its comments.
fn contracts(sql: &str) -> Vec<String> {
    let code: String = sql
        .lines()
        .map(|line| line.split("--").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase();
    code.split(';')
        .map(|statement| statement.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|statement| {
            let alters = statement.starts_with("alter table");
            statement.starts_with("drop table")
                || alters
                    && (statement.contains("drop column")
                        || statement.contains("rename")
                        || statement.contains("alter column") && statement.contains(" type ")
                        || statement.contains("set not null"))
                // A column that old code does not know and must give a value to.
                || alters
                    && statement.split(',').any(|part| {
                        part.contains("add column")
                            && part.contains("not null")
                            && !part.contains("default")
                            && !part.contains("generated")
                    })
        })
        .collect()
}

/// A migration that takes something away says since which release nobody needs it: `-- contract: unused since 0.2`.
#[test]
fn migrations_expand_or_say_why_they_may_not() -> Outcome {
    let mut files: Vec<PathBuf> = fs::read_dir(workspace_root().join("migrations"))?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    files.sort();
    for path in files {
        let sql = fs::read_to_string(&path)?;
        let found = contracts(&sql);
        assert!(
            found.is_empty() || sql.contains("-- contract: unused since "),
            "{}: {found:?}",
            path.display()
        );
    }
    Ok(())
}

/// The rule above sees what it is for.
#[test]
fn taking_away_is_noticed() {
    for sql in [
        "DROP TABLE task;",
        "ALTER TABLE task\n  DROP COLUMN name;",
        "ALTER TABLE task RENAME COLUMN name TO title;",
        "ALTER TABLE task ALTER COLUMN name TYPE varchar(10);",
        "ALTER TABLE task ADD COLUMN cost bigint NOT NULL;",
        "ALTER TABLE task ALTER COLUMN name SET NOT NULL;",
    ] {
        assert_eq!(contracts(sql).len(), 1, "{sql}");
    }
    for sql in [
        "ALTER TABLE task ADD COLUMN cost bigint;",
        "ALTER TABLE task ADD COLUMN cost bigint NOT NULL DEFAULT 0;",
        "CREATE TABLE a (b bigint NOT NULL); -- DROP TABLE task;",
    ] {
        assert_eq!(contracts(sql), Vec::<String>::new(), "{sql}");
    }
}
