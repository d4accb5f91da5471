//! The long-poll worker behind the heavy queue.

use divbase_db::PoolSize;
use divbase_telemetry::logs::{self, LogFormat};
use divbase_worker::{
    StartError, Wiring,
    serve::{self, Lanes},
    watch,
};

#[tokio::main]
async fn main() -> Result<(), StartError> {
    logs::init(LogFormat::Json)?;
    let wiring = Wiring::from_env("fargate", PoolSize::SERVER).await?;
    watch::from_env(&wiring).await?;
    serve::shutdown_on_signal(&wiring);
    serve::serve(&wiring, &Lanes::heavy()).await;
    Ok(())
}
