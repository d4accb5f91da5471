//! The Lambda function behind the HTTP API.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use divbase_api::{AppState, router};
use divbase_aws::DatabaseLogin;
use divbase_telemetry::logs::{self, LogFormat};
use lambda_http::Error;

#[tokio::main]
async fn main() -> Result<(), Error> {
    logs::init(LogFormat::Json)?;
    let state = AppState::from_env().await?;
    let login = Arc::new(DatabaseLogin::from_env(state.db.clone()).await?);
    // Nothing asks the database before the first request does: a start must not wait for it.
    lambda_http::run(router(state).layer(from_fn_with_state(login, renew))).await
}

/// New connections that a request needs shall find a token that is still taken. Without one the request goes on: what
/// needs the database says so itself.
async fn renew(State(login): State<Arc<DatabaseLogin>>, request: Request, next: Next) -> Response {
    if let Err(error) = login.renew().await {
        tracing::error!(%error, "new connections will be refused");
    }
    next.run(request).await
}
