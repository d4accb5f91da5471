//! The Lambda function that brings the database's schema up to date; called once for each deployment.
//!
//! A function rather than a program, because only functions are inside the database's network. It does nothing
//! but migrations, and may be called again at any time: those that are applied are left alone, and two calls at
//! once take turns.

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
    let db = &db;
    lambda_runtime::run(service_fn(move |_: LambdaEvent<Value>| async move {
        db.migrate().await?;
        tracing::info!("the schema is up to date");
        Ok::<Value, Error>(json!({"status": "migrated"}))
    }))
    .await
}
