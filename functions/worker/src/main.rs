//! The Lambda function behind the quick and long queues.

mod batch;

use std::{sync::Arc, time::SystemTime};

use aws_lambda_events::sqs::SqsEvent;
use divbase_aws::DatabaseLogin;
use divbase_db::PoolSize;
use divbase_service::{Wiring, registry};
use divbase_tasks::EmfObserver;
use divbase_telemetry::logs::{self, LogFormat};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use tokio::time::Instant;

#[tokio::main]
async fn main() -> Result<(), Error> {
    logs::init(LogFormat::Json)?;
    let wiring = Wiring::from_env("lambda", PoolSize::LAMBDA, registry()).await?;
    wiring.runner.observed_by(Arc::new(EmfObserver));
    let login = DatabaseLogin::from_env(wiring.db.clone()).await?;
    let (wiring, login) = (&wiring, &login);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<SqsEvent>| async move {
        login.renew().await?;
        let left = event.context.deadline().duration_since(SystemTime::now());
        let deadline = left.ok().map(|left| Instant::now() + left);
        Ok::<_, Error>(batch::handle(wiring, event.payload, deadline).await)
    }))
    .await
}
