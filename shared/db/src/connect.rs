//! The connection pool and the migrations.

use std::time::Duration;

use sqlx::{
    Connection, Executor, PgPool, Postgres, Transaction,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::{DbError, Result, tasks::Gathered};

/// A handle on the database; cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    pub(crate) pool: PgPool,
    pub(crate) gathered: Gathered,
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

/// What every connection is told first.
///
/// Every statement is written so that one plan serves all its arguments. Left to itself, Postgres plans those with a `LIMIT` anew each
/// time, which makes a task history take three times as long. And of a plan for arguments that it does not know it expects so much
/// that it would compile it each time: tens of milliseconds for a statement that takes one.
pub const SESSION: &str = "SET plan_cache_mode = force_generic_plan; SET jit = off";

/// For how long an unused connection is taken to be alive.
const FRESH: Duration = Duration::from_secs(1);

/// The certificate authorities of Amazon RDS, which sign the certificates of its databases. That of its proxies is one of the
/// public ones.
static RDS_AUTHORITIES: &[u8] = include_bytes!("../certificates/rds-ca-rsa2048-g1.pem");

/// The settings that a URL says; a database of RDS is verified by the authorities of RDS unless the URL names others.
fn options(url: &str) -> Result<PgConnectOptions, sqlx::Error> {
    let options: PgConnectOptions = url.parse()?;
    let host = options.get_host();
    let is_rds = host.ends_with(".rds.amazonaws.com") || host.ends_with(".rds.amazonaws.com.cn");
    Ok(if is_rds && !url.contains("sslrootcert=") {
        options.ssl_root_cert_from_pem(RDS_AUTHORITIES.to_vec())
    } else {
        options
    })
}

impl Db {
    /// Connects lazily: an unreachable database shows at the first statement.
    ///
    /// # Errors
    /// If `url` is not a Postgres URL.
    pub fn connect(url: &str, size: PoolSize) -> Result<Self> {
        let options = options(url)?;
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
            .after_connect(|connection, _| {
                Box::pin(async move {
                    connection.execute(SESSION).await?;
                    Ok(())
                })
            })
            .max_connections(size.0)
            .acquire_timeout(Duration::from_secs(4))
            .idle_timeout(Duration::from_secs(300))
            .connect_lazy_with(options.application_name("divbase"));
        Ok(Self {
            pool,
            gathered: Gathered::default(),
        })
    }

    /// Uses another password for connections that are made from now on; those that are open stay.
    pub fn use_password(&self, password: &str) {
        let options = PgConnectOptions::clone(&self.pool.connect_options());
        self.pool.set_connect_options(options.password(password));
    }

    /// Applies the migrations that are not applied yet. Safe to call from several processes at once. Those of a later release,
    /// which this one knows nothing of, are left alone: a release that is rolled back to works on the newer schema.
    ///
    /// # Errors
    /// If the database cannot be reached, or one of these migrations was applied with another content.
    pub async fn migrate(&self) -> Result<()> {
        let mut migrations = sqlx::migrate!("../../migrations");
        migrations.set_ignore_missing(true);
        Ok(migrations.run(&self.pool).await?)
    }

    /// Begins a transaction, whole even if the caller is dropped meanwhile. A `BEGIN` that nobody waits for any more
    /// would otherwise leave a connection of the pool inside a transaction that never ends, and what is written by it
    /// afterwards would be lost.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Postgres>> {
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
    pub async fn ping(&self) -> Result<()> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn databases_of_rds_are_verified_by_its_authorities() {
        let trusts = |url: &str| format!("{:?}", options(url).unwrap()).contains("Inline");
        let host = "c.cluster-x.eu-north-1.rds.amazonaws.com";
        assert!(trusts(&format!(
            "postgres://u@{host}/d?sslmode=verify-full"
        )));
        assert!(!trusts(&format!(
            "postgres://u@{host}/d?sslmode=verify-full&sslrootcert=/own.pem"
        )));
        assert!(!trusts("postgres://u@db.example.org/d?sslmode=verify-full"));
        assert!(!trusts("postgres://u@rds.amazonaws.com.example.org/d"));
    }

    #[test]
    fn every_region_has_an_authority() {
        let text = std::str::from_utf8(RDS_AUTHORITIES).unwrap();
        assert!(text.matches("-----BEGIN CERTIFICATE-----").count() >= 25);
        assert!(text.contains("# Amazon RDS eu-north-1 Root CA RSA2048 G1"));
    }
}
