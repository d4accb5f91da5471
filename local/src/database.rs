//! Databases in the private cluster.

use sqlx::{Connection, Executor, PgConnection};

use crate::AnyError;

/// Makes a database if it does not exist, as a copy of `template` if one is given. `server_url` points to a
/// maintenance database; the answer points to the new one.
///
/// # Errors
/// If the cluster refuses.
pub async fn ensure(
    server_url: &str,
    name: &str,
    template: Option<&str>,
) -> Result<String, AnyError> {
    // Names are ours, never a user's; the check makes the statement below safe by itself.
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Err(format!("`{name}` is not a database name").into());
    }
    let mut server = PgConnection::connect(server_url).await?;
    let exists =
        sqlx::query_scalar::<_, bool>("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
            .bind(name)
            .fetch_one(&mut server)
            .await?;
    if !exists {
        let template = template.unwrap_or("template1");
        let statement = format!("CREATE DATABASE {name} TEMPLATE {template}");
        server.execute(sqlx::AssertSqlSafe(statement)).await?;
    }
    server.close().await?;
    let mut url = reqwest::Url::parse(server_url)?;
    url.set_path(name);
    Ok(url.into())
}
