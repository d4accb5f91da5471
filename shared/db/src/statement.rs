//! Statements of which only what they write matters.

use sqlx::{PgExecutor, Postgres, postgres::PgArguments, query::Query};

use crate::Result;

/// Running a statement that gives no rows.
pub(crate) trait Statement {
    /// Runs it.
    async fn run(self, on: impl PgExecutor<'_>) -> Result<()>;

    /// Runs it, and tells how many rows it wrote.
    async fn changed(self, on: impl PgExecutor<'_>) -> Result<u64>;
}

impl Statement for Query<'_, Postgres, PgArguments> {
    async fn run(self, on: impl PgExecutor<'_>) -> Result<()> {
        self.changed(on).await.map(drop)
    }

    async fn changed(self, on: impl PgExecutor<'_>) -> Result<u64> {
        Ok(self.execute(on).await?.rows_affected())
    }
}
