//! The Lambda function behind the HTTP API.

use divbase_api::router;
use divbase_telemetry::logs::{self, LogFormat};
use lambda_http::Error;

#[tokio::main]
async fn main() -> Result<(), Error> {
    logs::init(LogFormat::Json)?;
    let state = divbase_api::AppState::from_env().await?;
    state.on_start().await;
    lambda_http::run(router(state)).await
}
