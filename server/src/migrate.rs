//! The schema, and the first administrator.

use divbase_auth::password;
use divbase_db::Db;
use divbase_telemetry::env;

use crate::ServerError;

/// Applies what is missing, and makes the first administrator if there is none and one is set. It may be called at any time, by several
/// programs at once.
///
/// # Errors
/// If the database cannot be reached or holds a schema that this program does not continue, or the password is refused.
pub async fn migrate(db: &Db) -> Result<(), ServerError> {
    db.migrate().await?;
    tracing::info!("the schema is up to date");
    let admin = env::optional("FIRST_ADMIN_EMAIL").zip(env::optional("FIRST_ADMIN_PASSWORD"));
    if let Some((email, password)) = admin
        && !db.has_admin().await?
    {
        password::check(&password, &email)?;
        let hash = password::hash(&password)?;
        if db.ensure_first_admin(&email, &hash).await? {
            tracing::info!("made the first administrator");
        }
    }
    Ok(())
}
