//! The Lambda function that brings the database's schema up to date.
//!
//! A function rather than a program, because only functions are inside the database's network. It does nothing
//! but migrations and the first administrator, and may be called again at any time: those that are applied are left alone, and two calls at
//! once take turns. A deployment calls it as a custom resource, before the functions that need the new schema are
//! changed; a person calls it with `{}`.

mod deployment;
mod schema;

use deployment::Event;
use divbase_aws::DatabaseLogin;
use divbase_db::{Db, PoolSize};
use divbase_telemetry::{
    env,
    logs::{self, LogFormat},
};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Error> {
    logs::init(LogFormat::Json)?;
    let db = Db::connect(&env::required("DATABASE_URL")?, PoolSize::LAMBDA)?;
    let login = DatabaseLogin::from_env(db.clone()).await?;
    let (db, login) = (&db, &login);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Event>| async move {
        let migrated = match event.payload.wants_migration() {
            true => schema::migrate(db, login).await,
            false => Ok(()),
        };
        event.payload.answer(&migrated).await?;
        migrated?;
        Ok::<Value, Error>(json!({"status": "migrated"}))
    }))
    .await
}
