//! The two roles of `infra/roles.sql`: one owns the schema, the other works on its rows and can do nothing else.

use std::fs;

use divbase_db::{Db, PoolSize};
use divbase_services::workspace_root;
use divbase_tests::{Outcome, TestResult, surroundings::Surroundings};
use serde::Deserialize;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use uuid::Uuid;

#[derive(Deserialize)]
struct Checked {
    query: String,
}

/// Every query of the project.
fn queries() -> TestResult<Vec<String>> {
    let mut queries = Vec::new();
    for entry in fs::read_dir(workspace_root().join(".sqlx"))? {
        let checked: Checked = serde_json::from_slice(&fs::read(entry?.path())?)?;
        queries.push(checked.query);
    }
    Ok(queries)
}

/// An empty database with the roles, and its URL for a role of this name.
struct Database {
    server_url: String,
    name: String,
}

impl Database {
    async fn make() -> TestResult<Self> {
        let server_url = Surroundings::from_env()?.postgres_url;
        let name = format!("e2e_roles_{}", Uuid::new_v4().simple());
        let url = divbase_local::database::ensure(&server_url, &name, Some("template0")).await?;
        let sql = fs::read_to_string(workspace_root().join("infra/roles.sql"))?;
        let mut master = PgConnection::connect(&url).await?;
        // Twice: a second deployment changes nothing.
        for _ in 0..2 {
            master.execute(AssertSqlSafe(sql.clone())).await?;
        }
        // Where there is no IAM, they have passwords.
        for role in ["divbase_migrate", "divbase_run"] {
            let set = format!("ALTER ROLE {role} PASSWORD 'only here'");
            master.execute(AssertSqlSafe(set)).await?;
        }
        master.close().await?;
        Ok(Self { server_url, name })
    }

    fn url(&self, role: &str) -> TestResult<String> {
        let mut url = reqwest::Url::parse(&self.server_url)?;
        url.set_path(&self.name);
        url.set_username(role).map_err(|()| "no user")?;
        url.set_password(Some("only here"))
            .map_err(|()| "no password")?;
        Ok(url.into())
    }

    async fn remove(self) -> TestResult {
        let mut server = PgConnection::connect(&self.server_url).await?;
        let statement = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        server.execute(AssertSqlSafe(statement)).await?;
        Ok(())
    }
}

#[tokio::test]
async fn who_migrates_and_who_works_have_what_they_need() -> Outcome {
    let database = Database::make().await?;
    let owner = Db::connect(&database.url("divbase_migrate")?, PoolSize(1))?;
    owner.migrate().await?;
    // The first administrator is made by the same function.
    assert!(owner.ensure_first_admin("a@example.org", "!").await?);
    owner.close().await;

    // Postgres looks at rights when a statement is planned for execution, which EXPLAIN does.
    let mut worker = PgConnection::connect(&database.url("divbase_run")?).await?;
    let (mut refused, mut explained) = (Vec::new(), 0);
    for (number, query) in queries()?.into_iter().enumerate() {
        let name = format!("q{number}");
        worker
            .execute(AssertSqlSafe(format!("PREPARE {name} AS {query}")))
            .await
            .map_err(|error| format!("{error}\n{query}"))?;
        let arguments: i64 = sqlx::query_scalar(
            "SELECT coalesce(array_length(parameter_types, 1), 0)::bigint FROM pg_prepared_statements WHERE name = $1",
        )
        .bind(&name)
        .fetch_one(&mut worker)
        .await?;
        let nulls = vec!["NULL"; usize::try_from(arguments)?].join(", ");
        let call = if nulls.is_empty() {
            name
        } else {
            format!("{name}({nulls})")
        };
        match worker
            .execute(AssertSqlSafe(format!("EXPLAIN EXECUTE {call}")))
            .await
        {
            Ok(_) => explained += 1,
            Err(error) => refused.push(format!("{error}\n{query}")),
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n\n"));
    assert!(explained > 100, "{explained}");

    for statement in [
        "DROP TABLE task",
        "ALTER TABLE task ADD COLUMN more bigint",
        "CREATE TABLE more (id bigint)",
        "CREATE ROLE more",
        "TRUNCATE task",
        "SET ROLE divbase_migrate",
    ] {
        let tried = worker.execute(statement).await;
        assert!(tried.is_err(), "{statement} was done");
    }
    worker.close().await?;
    database.remove().await?;
    Ok(())
}
