//! The schema, and the first administrator.

use chrono::Utc;
use divbase_auth::{FirstAdminToken, password};
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
    let Some(email) = env::optional("FIRST_ADMIN_EMAIL") else {
        return Ok(());
    };
    match env::optional("FIRST_ADMIN_PASSWORD") {
        Some(password) if !db.has_admin().await? => {
            password::check(&password, &email)?;
            let hash = password::hash(&password)?;
            if db.ensure_first_admin(&email, &hash).await? {
                tracing::info!("made the first administrator");
            }
        }
        Some(_) => {}
        // The one secret that is ever logged: it opens a system that nobody has used, for a day and once.
        None => {
            let token = FirstAdminToken::generate(Utc::now());
            let (digest, end) = (token.digest(), token.expires_at);
            if db.let_first_admin_in(&email, &digest, end).await? {
                let url = env::optional("DIVBASE_PUBLIC_API_URL");
                tracing::warn!("{}", token.invitation(url.as_deref()));
            }
        }
    }
    Ok(())
}
