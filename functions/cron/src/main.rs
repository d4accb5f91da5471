//! The Lambda function behind EventBridge Scheduler.

use divbase_aws::DatabaseLogin;
use divbase_service::schedules::{Cron, Job, handle};
use divbase_telemetry::logs::{self, LogFormat};
use lambda_runtime::{Error, LambdaEvent, service_fn};

#[tokio::main]
async fn main() -> Result<(), Error> {
    logs::init(LogFormat::Json)?;
    let cron = Cron::from_env().await?;
    let login = DatabaseLogin::from_env(cron.db.clone()).await?;
    let (cron, login) = (&cron, &login);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Job>| async move {
        login.renew().await?;
        Ok::<_, Error>(handle(cron, event.payload).await?)
    }))
    .await
}
