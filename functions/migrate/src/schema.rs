//! The schema, and the first administrator.

use divbase_auth::password;
use divbase_aws::DatabaseLogin;
use divbase_db::Db;
use divbase_telemetry::env;
use lambda_runtime::Error;

/// Applies what is missing, and makes the first administrator if there is none.
pub(crate) async fn migrate(db: &Db, login: &DatabaseLogin) -> Result<(), Error> {
    login.renew().await?;
    db.migrate().await?;
    tracing::info!("the schema is up to date");
    let admin = env::optional("FIRST_ADMIN_EMAIL").zip(env::optional("FIRST_ADMIN_PASSWORD"));
    if let Some((email, password)) = admin {
        password::check(&password, &email)?;
        let hash = password::hash(&password)?;
        if db.ensure_first_admin(&email, &hash).await? {
            tracing::info!("made the first administrator");
        }
    }
    Ok(())
}
