//! The Lambda function behind the schedules.

use divbase_cron::Job;
use divbase_db::PoolSize;
use divbase_telemetry::logs::{self, LogFormat};
use divbase_worker::Wiring;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Error> {
    logs::init(LogFormat::Json)?;
    let wiring = Wiring::from_env("cron", PoolSize::LAMBDA).await?;
    let wiring = &wiring;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Job>| async move {
        divbase_cron::run(wiring, event.payload).await;
        Ok::<Value, Error>(json!({"status": "completed"}))
    }))
    .await
}
