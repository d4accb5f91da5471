//! The long-poll worker behind the heavy queue.

use divbase_aws::DatabaseLogin;
use divbase_db::PoolSize;
use divbase_service::{
    StartError, Wiring, metrics,
    serve::{self, Lanes},
};
use divbase_telemetry::logs::{self, LogFormat};

#[tokio::main]
async fn main() -> Result<(), StartError> {
    let traces = logs::init_with_traces(LogFormat::Json, "divbase-heavy")?;
    let wiring = Wiring::from_env("fargate", PoolSize::SERVER).await?;
    let login = DatabaseLogin::from_env(wiring.db.clone()).await?;
    tokio::spawn(login.keep_renewing());
    metrics::from_env(&wiring).await?;
    serve::shutdown_on_signal(&wiring);
    serve::serve(&wiring, &Lanes::heavy()).await;
    if let Some(traces) = traces {
        traces.finish().await;
    }
    Ok(())
}
