//! The connection pool and the migrations.

use std::time::Duration;

use sqlx::{
    Connection, Executor, PgPool, Postgres, Transaction,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::DbError;

/// A handle on the database; cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    pub(crate) pool: PgPool,
}

/// How many connections one process may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolSize(pub u32);

impl PoolSize {
    /// A Lambda environment serves one request at a time, so the number of environments is the number of connections.
    pub const LAMBDA: Self = Self(1);
    /// A long-lived process. Statements are short: more connections make the database change between them, not answer more.
    pub const SERVER: Self = Self(8);
}

/// For how long an unused connection is taken to be alive.
const FRESH: Duration = Duration::from_secs(1);

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations");

impl Db {
    /// Connects lazily: an unreachable database shows at the first statement.
    ///
    /// # Errors
    /// If `url` is not a Postgres URL.
    pub fn connect(url: &str, size: PoolSize) -> Result<Self, DbError> {
        let options: PgConnectOptions = url.parse()?;
        let pool = PgPoolOptions::new()
            // One that was used a moment ago is taken to be alive; asking it each time costs a round trip a statement.
            .test_before_acquire(false)
            .before_acquire(|connection, meta| {
                Box::pin(async move {
                    if meta.idle_for > FRESH {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            // Every statement is written so that one plan serves all its arguments. Left to itself, Postgres plans those with a
            // `LIMIT` anew each time, which makes a task history take three times as long.
            .after_connect(|connection, _| {
                Box::pin(async move {
                    connection
                        .execute("SET plan_cache_mode = force_generic_plan")
                        .await?;
                    Ok(())
                })
            })
            .max_connections(size.0)
            .acquire_timeout(Duration::from_secs(4))
            .idle_timeout(Duration::from_secs(300))
            .connect_lazy_with(options.application_name("divbase"));
        Ok(Self { pool })
    }

    /// Uses another password for connections that are made from now on; those that are open stay.
    pub fn use_password(&self, password: &str) {
        let options = PgConnectOptions::clone(&self.pool.connect_options());
        self.pool.set_connect_options(options.password(password));
    }

    /// Applies the migrations that are not applied yet. Safe to call from several processes at once.
    ///
    /// # Errors
    /// If the database cannot be reached or holds a schema that these migrations do not continue.
    pub async fn migrate(&self) -> Result<(), DbError> {
        Ok(MIGRATIONS.run(&self.pool).await?)
    }

    /// Begins a transaction, whole even if the caller is dropped meanwhile. A `BEGIN` that nobody waits for any more
    /// would otherwise leave a connection of the pool inside a transaction that never ends, and what is written by it
    /// afterwards would be lost.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Postgres>, DbError> {
        let pool = self.pool.clone();
        match tokio::spawn(async move { pool.begin().await }).await {
            Ok(begun) => Ok(begun?),
            // It cannot panic or be aborted but by the end of the runtime.
            Err(_) => Err(DbError::Unavailable(sqlx::Error::WorkerCrashed)),
        }
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// If it does not.
    pub async fn ping(&self) -> Result<(), DbError> {
        sqlx::query!("SELECT 1 AS one")
            .fetch_one(&self.pool)
            .await?;
        Ok(())
    }

    /// Waits for statements under way and closes all connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
