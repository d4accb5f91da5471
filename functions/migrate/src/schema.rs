//! The schema, and the first administrator.

use chrono::Utc;
use divbase_auth::{FirstAdminToken, password};
use divbase_aws::DatabaseLogin;
use divbase_db::Db;
use divbase_telemetry::env;
use lambda_runtime::Error;

/// Applies what is missing, and makes the first administrator if there is none.
pub(crate) async fn migrate(db: &Db, login: &DatabaseLogin) -> Result<(), Error> {
    login.renew().await?;
    db.migrate().await?;
    tracing::info!("the schema is up to date");
    let Some(email) = env::optional("FIRST_ADMIN_EMAIL") else {
        return Ok(());
    };
    match env::optional("FIRST_ADMIN_PASSWORD") {
        Some(password) => with_password(db, &email, &password).await,
        None => by_link(db, &email).await,
    }
}

async fn with_password(db: &Db, email: &str, password: &str) -> Result<(), Error> {
    password::check(password, email)?;
    let hash = password::hash(password)?;
    if db.ensure_first_admin(email, &hash).await? {
        tracing::info!("made the first administrator");
    }
    Ok(())
}

/// The one secret that is ever logged: it opens a system that nobody has used, for a day and once, to whoever reads its log.
async fn by_link(db: &Db, email: &str) -> Result<(), Error> {
    let token = FirstAdminToken::generate(Utc::now());
    let (digest, end) = (token.digest(), token.expires_at);
    if db.let_first_admin_in(email, &digest, end).await? {
        let url = env::optional("DIVBASE_PUBLIC_API_URL");
        tracing::warn!("{}", token.invitation(url.as_deref()));
    }
    Ok(())
}
