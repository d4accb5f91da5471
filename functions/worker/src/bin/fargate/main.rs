//! The long-poll worker behind the heavy queue.

mod protection;

use std::sync::Arc;

use divbase_aws::DatabaseLogin;
use divbase_db::PoolSize;
use divbase_service::{
    StartError, Wiring, metrics, registry,
    serve::{self, Lanes},
};
use divbase_tasks::EmfObserver;
use divbase_telemetry::{
    env,
    logs::{self, LogFormat},
};

use crate::protection::Protection;

#[tokio::main]
async fn main() -> Result<(), StartError> {
    let traces = logs::init_with_traces(LogFormat::Json, "divbase-heavy")?;
    let wiring = Wiring::from_env("fargate", PoolSize::SERVER, registry()).await?;
    let login = DatabaseLogin::from_env(wiring.db.clone()).await?;
    tokio::spawn(login.keep_renewing());
    // Where Prometheus asks for metrics, or there is no ECS, attempts are told to others.
    match env::optional("ECS_AGENT_URI") {
        Some(agent) => wiring.runner.observed_by(Protection::by(&agent)),
        None if env::optional("METRICS_ADDRESS").is_none() => {
            wiring.runner.observed_by(Arc::new(EmfObserver));
        }
        None => {}
    }
    metrics::from_env(&wiring).await?;
    serve::shutdown_on_signal(&wiring);
    serve::serve(&wiring, &Lanes::heavy()).await;
    if let Some(traces) = traces {
        traces.finish().await;
    }
    Ok(())
}
