//! The database that those of the tests are copies of.

use divbase_db::{Db, PoolSize};
use divbase_local::{AnyError, database};
use sqlx::{Connection, PgConnection};

/// A migrated database, made once and copied for every test.
pub(crate) async fn migrated(server_url: &str) -> Result<&'static str, AnyError> {
    const TEMPLATE: &str = "task_tests_template";
    const HALF_MADE: &str = "task_tests_half_made";
    let mut server = PgConnection::connect(server_url).await?;
    // Test programs run side by side: one makes the template, the others wait. Closing unlocks.
    sqlx::query("SELECT pg_advisory_lock(7316)")
        .execute(&mut server)
        .await?;
    let exists: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
            .bind(TEMPLATE)
            .fetch_one(&mut server)
            .await?;
    if !exists {
        let url = database::ensure(server_url, HALF_MADE, None).await?;
        let db = Db::connect(&url, PoolSize(1))?;
        db.migrate().await?;
        db.close().await;
        sqlx::query("ALTER DATABASE task_tests_half_made RENAME TO task_tests_template")
            .execute(&mut server)
            .await?;
    }
    server.close().await?;
    Ok(TEMPLATE)
}
