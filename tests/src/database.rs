//! A database for each test, copied from one that was migrated once a run.

use divbase_local::database;
use sqlx::{Connection, Executor, PgConnection, postgres::PgPoolOptions};
use uuid::Uuid;

use crate::{TestResult, surroundings::Surroundings};

/// The database that the others are copies of.
const TEMPLATE: &str = "e2e_template";
/// Key of the advisory lock under which it is made and copied: a database cannot be copied while it is in use.
const LOCK: i64 = 0x0064_6976_6261_7365;

/// A database of one test.
#[derive(Clone, Debug)]
pub struct TestDatabase {
    /// Its URL.
    pub url: String,
    name: String,
    server_url: String,
}

impl TestDatabase {
    /// A fresh copy of the template, which is made by whichever test comes first.
    ///
    /// # Errors
    /// If the cluster refuses or a migration fails.
    pub async fn make(surroundings: &Surroundings) -> TestResult<Self> {
        let server_url = surroundings.postgres_url.clone();
        let mut lock = PgConnection::connect(&server_url).await?;
        sqlx::query("SELECT pg_advisory_lock($1)")
            .bind(LOCK)
            .execute(&mut lock)
            .await?;
        let name = format!("e2e_{}", Uuid::new_v4().simple());
        let made = copy(&server_url, &mut lock, &name).await;
        // Closing the connection gives the lock back, whatever happened.
        lock.close().await?;
        Ok(Self {
            url: made?,
            name,
            server_url,
        })
    }

    /// A connection for SQL that stands in for an administrator.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn connect(&self) -> TestResult<PgConnection> {
        Ok(PgConnection::connect(&self.url).await?)
    }

    /// Throws the database away.
    ///
    /// # Errors
    /// If the cluster does not answer.
    pub async fn remove(self) -> TestResult {
        let mut server = PgConnection::connect(&self.server_url).await?;
        let statement = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        server.execute(sqlx::AssertSqlSafe(statement)).await?;
        server.close().await?;
        Ok(())
    }
}

async fn copy(server_url: &str, lock: &mut PgConnection, name: &str) -> TestResult<String> {
    let exists =
        sqlx::query_scalar::<_, bool>("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
            .bind(TEMPLATE)
            .fetch_one(&mut *lock)
            .await?;
    if !exists {
        // Under another name until it is whole: a test that dies half-way leaves no half template.
        let raw = format!("e2e_raw_{}", Uuid::new_v4().simple());
        let url = database::ensure(server_url, &raw, None).await?;
        let pool = PgPoolOptions::new().connect(&url).await?;
        sqlx::migrate!("../migrations").run(&pool).await?;
        pool.close().await;
        let rename = format!("ALTER DATABASE {raw} RENAME TO {TEMPLATE}");
        lock.execute(sqlx::AssertSqlSafe(rename)).await?;
    }
    database::ensure(server_url, name, Some(TEMPLATE)).await
}
